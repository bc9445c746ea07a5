// What the benchmarks see of a page, put in before its own scripts: when the pen was lifted, when messages left and
// came, when bars and pictures were last touched and painted, and what each single frame showed.
(() => {
  const IDLE = "[data-testid=stApp][data-test-script-state=notRunning]";
  const areas = {}; // name -> { selector, touched, painted }, times by performance.now()
  const seen = {}; // of the current stroke
  const forget = () => {
    Object.assign(seen, { released: 0, sent: [], bytes: 0, received: 0, messages: 0 });
    for (const area of Object.values(areas)) Object.assign(area, { touched: 0, painted: 0 });
  };
  forget();

  window.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address);
      this.addEventListener("message", () => {
        seen.received = performance.now();
        seen.messages += 1;
      });
    }
    send(data) {
      seen.sent.push(performance.now());
      seen.bytes += data.byteLength ?? data.length;
      super.send(data);
    }
  };
  const release = ({ timeStamp }) => {
    seen.released = timeStamp;
  };
  addEventListener("mouseup", release, { capture: true });

  // A touch counts as painted in the second animation frame after it: the first one still comes
  // before the painting.
  const touch = (area) => {
    const paint = () => {
      area.painted = performance.now();
    };
    area.touched = performance.now();
    requestAnimationFrame(() => requestAnimationFrame(paint));
  };
  const element = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);
  const concerns = (record, { selector }) =>
    element(record.target)?.closest(selector) ||
    [...record.addedNodes, ...record.removedNodes].some(
      (node) => node.matches?.(selector) || node.querySelector?.(selector),
    );
  // Our components live in shadow roots, where neither a selector nor an observer of the page looks.
  const roots = () =>
    [...document.querySelectorAll("*")].map((host) => host.shadowRoot).filter(Boolean);
  const find = (selector) =>
    [document, ...roots()].map((root) => root.querySelector(selector)).find(Boolean);
  // Of which drawing an area is; a stroke's answer says it within (ui/components/live.py).
  const revision = (selector) => {
    const carrier = find(selector)?.closest("[data-revision], [data-answer]");
    const { revision, answer } = carrier?.dataset ?? {};
    return revision ?? (answer && `${JSON.parse(answer).word.revision}`);
  };
  const watch = (selectors) => {
    for (const [name, selector] of Object.entries(selectors)) areas[name] = { selector };
    forget();
    const observer = new MutationObserver((records) => {
      for (const area of Object.values(areas))
        if (records.some((record) => concerns(record, area))) touch(area);
    });
    for (const root of [document.body, ...roots()])
      observer.observe(root, {
        subtree: true,
        childList: true,
        attributes: true,
        characterData: true,
      });
    // A picture is there when it has been loaded, not when its element is.
    const loaded = ({ target }) => {
      for (const area of Object.values(areas)) if (target.closest?.(area.selector)) touch(area);
    };
    document.addEventListener("load", loaded, { capture: true });
  };

  // Resolves when every area was touched and painted after the message went out, and all has been quiet for a while.
  const settled = ({ quiet, limit }) =>
    new Promise((resolve, reject) => {
      const began = performance.now();
      const look = () => {
        const now = performance.now();
        const all = Object.values(areas);
        const done =
          seen.sent.length &&
          document.querySelector(IDLE) &&
          all.every(
            (area) =>
              area.touched > seen.sent[0] &&
              area.painted > area.touched &&
              now - area.touched > quiet,
          );
        if (done) {
          const painted = Object.fromEntries(
            Object.entries(areas).map(([name, area]) => [name, area.painted]),
          );
          resolve({ ...seen, painted });
        } else if (now - began > limit)
          reject(new Error("bars or pictures did not change after a stroke"));
        else setTimeout(look, 20);
      };
      look();
    });

  // While a line is drawn: when the pen was heard, and when a frame that shows it had been painted.
  // live.js paints in an animation frame. A message that is posted there is taken when the frame's
  // styles, layout and painting are done; the next animation frame would come up to 17 ms later,
  // and the browser's own event timing leaves the moves out.
  const lines = [];
  const last = () => lines.at(-1);
  const begin = ({ timeStamp }) =>
    lines.push({ begun: timeStamp, lifted: Infinity, moves: [], shown: [], frames: [] });
  const move = ({ timeStamp }) => {
    if (last()?.lifted === Infinity) last().moves.push(timeStamp);
  };
  const lift = ({ timeStamp }) => {
    if (last()?.lifted === Infinity) last().lifted = timeStamp;
  };
  for (const [type, act] of Object.entries({ mousedown: begin, mousemove: move, mouseup: lift }))
    addEventListener(type, act, { capture: true, passive: true });
  const after = new MessageChannel();
  let painted = null; // in this frame: a line, and how many of its moves had been heard
  const followed = () => {
    if (painted || !last()) return;
    painted = { line: last(), heard: last().moves.length };
    after.port2.postMessage(null);
  };
  after.port1.onmessage = () => {
    const { line, heard } = painted;
    painted = null;
    if (line.lifted < Infinity) return; // what comes now is the server's
    const time = performance.now();
    line.frames.push(time);
    while (line.shown.length < heard) line.shown.push(time - line.moves[line.shown.length]);
  };
  const { putImageData } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.putImageData = function (...pixels) {
    putImageData.apply(this, pixels);
    if (this.canvas.previousElementSibling?.matches("[data-live]")) followed();
  };
  // The map says where it has painted the star.
  const star = new MutationObserver(followed);
  const follow = () => {
    for (const root of roots())
      star.observe(root, { subtree: true, attributeFilter: ["data-star"] });
  };
  // What each line has seen since the last time, and what was sent while it was drawn.
  const drawn = () =>
    lines.splice(0).map((line) => {
      const sent = seen.sent.filter((time) => line.begun < time && time < line.lifted);
      return { ...line, frames: line.frames.length, sent: sent.length };
    });
  // The ink of the pictures that follow the pen, as the page shows it now: 784 bytes of each.
  const ink = () =>
    [...document.querySelectorAll(":is([data-live=sees], [data-live=survives])")].map((image) => {
      const source = image.nextElementSibling?.matches("canvas") ? image.nextElementSibling : image;
      const context = new OffscreenCanvas(28, 28).getContext("2d");
      context.drawImage(source, 0, 0);
      return [...context.getImageData(0, 0, 28, 28).data].filter((_, i) => i % 4 === 0);
    });
  const confirmed = () =>
    document.querySelector(IDLE) && !document.querySelector("[data-live] + canvas");

  // Looks at each animation frame from now on; what is counted are frames.
  const frames = ({ bars, pictures }) => {
    const traces = () =>
      [...document.querySelectorAll(`${bars} :is(.trace.bars, .small-bars)`)].filter(
        (trace) => trace.querySelectorAll(".point path, :scope > i").length === 32,
      ).length;
    // While a line is drawn live.js lays a canvas over a picture, and takes the picture out of sight.
    const painted = (image) => image.nextElementSibling?.matches("canvas");
    const images = () => [...document.querySelectorAll(`${pictures} img`)];
    // An element that gets a new address goes on showing its old picture until the new one is there; a new one is blank.
    const shownBefore = new WeakSet();
    const shown = (image) => {
      if (painted(image)) return true;
      if (image.complete && image.naturalWidth > 0) shownBefore.add(image);
      return image.naturalWidth > 0 && shownBefore.has(image);
    };
    const boxes = () =>
      [...document.querySelectorAll(`${bars}, ${pictures}, ${pictures} img`)]
        .map((node) => (painted(node) ? node.nextElementSibling : node).getBoundingClientRect())
        .map(({ x, y, width, height }) =>
          [x, y, width, height].map((edge) => edge.toFixed(1)).join(" "),
        )
        .join("; ");
    const opaque = (selector) => {
      for (let node = document.querySelector(selector); node; node = node.parentElement)
        if (getComputedStyle(node).opacity < 0.99) return false;
      return true;
    };
    const first = { traces: traces(), images: images().length, boxes: boxes() };
    images().forEach(shown);
    const counted = { frames: 0, no_bars: 0, no_pictures: 0, jumped: 0, dimmed: 0, first };
    const look = () => {
      const now = images();
      counted.frames += 1;
      counted.no_bars += traces() < first.traces;
      counted.no_pictures += now.length < first.images || now.some((image) => !shown(image));
      counted.jumped += boxes() !== first.boxes;
      counted.dimmed += !opaque(bars) || !opaque(pictures);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return counted;
  };

  const start = (selectors) => {
    window.probe.counted = frames(selectors);
    return window.probe.counted;
  };
  window.probe = { watch, find, revision, forget, settled, start, follow, drawn, ink, confirmed };
})();
