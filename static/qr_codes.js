// QR codes in images of the page. Python draws them, one after another, and hands each over in an
// update of the component that asks.

const AGAIN = 4000; // milliseconds: an update that was overtaken brings nothing

export class QrCodes {
  #drawn = new Map(); // text -> its code, as the address of a picture
  #images = new Map(); // image -> the text that it is to show
  #asked = null; // a timer, while Python is asked

  /** @param {(text: string) => void} ask asks Python */
  constructor(ask) {
    this.ask = ask;
  }

  show(image, text) {
    this.#images.set(image, text);
    this.#paint();
  }

  /** @param {[string, string]} [drawn] a text and its code; or it has not come */
  take(drawn) {
    if (drawn) this.#drawn.set(...drawn);
    this.stop();
    this.#paint();
  }

  stop() {
    clearTimeout(this.#asked);
    this.#asked = null;
  }

  #paint() {
    for (const [image, text] of this.#images) {
      if (this.#drawn.has(text)) image.src = this.#drawn.get(text);
      else if (!this.#asked) {
        this.ask(text);
        this.#asked = setTimeout(() => this.take(), AGAIN);
      }
    }
  }
}
