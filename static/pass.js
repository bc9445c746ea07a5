// What lets a browser come back into the room that it watches: kept as long as its tab is open, so
// that F5 goes on.

const KEY = "gargalo.watched";

export class Pass {
  constructor(room, token) {
    Object.assign(this, { room, token });
  }

  /** @returns {Pass | null} the one that this tab has */
  static kept() {
    try {
      const { room, token } = JSON.parse(sessionStorage.getItem(KEY));
      return new Pass(room, token);
    } catch {
      return null; // there is none, or the browser keeps nothing
    }
  }

  static keep(room, token) {
    try {
      sessionStorage.setItem(KEY, JSON.stringify({ room, token }));
    } catch {
      // then F5 does not come back
    }
    return new Pass(room, token);
  }

  static forget() {
    try {
      sessionStorage.removeItem(KEY);
    } catch {
      // nothing was kept
    }
  }

  watch() {
    return { say: "watch", room: this.room, token: this.token };
  }
}
