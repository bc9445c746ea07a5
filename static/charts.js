// Plotly charts that change in place: Streamlit's answer becomes Plotly.react.
// The Python side, and the reason why this exists, is ui/components/charts.py.

// Plotly's ready-made bundle is a classic script. It also runs as a module, and then the browser's
// module map loads it once per page, however many charts there are. Its version is in its name, so
// this may be a plain import. Taken at once: Streamlit's own Plotly may overwrite the global later.
import "./plotly/plotly-basic-4.1.1.min.js";
const { Plotly } = window;

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { hearAnswers, latest } = await import(`./answers.js${version}`);
const { edited } = await import(`./edits.js${version}`);
const { write } = await import(`./numbers.js${version}`);

const LIFT = 0.025; // as in ui/figures.py
const TREMBLE = 3; // px that a hand may move in a click
const PAUSE = 400; // ms after the last arrow key
// Keys that change a bar, by what share of the axis.
const STEPS = { ArrowUp: 0.02, ArrowDown: -0.02, PageUp: 0.1, PageDown: -0.1 };
const CONFIG = { displayModeBar: false, responsive: false, doubleClick: false, showTips: false };
const charts = new WeakMap(); // host element -> Plot

// Streamlit calls this at mount, at every change of `data` and at every change of theme.
export default function show(component) {
  const host = component.parentElement.querySelector(".chart");
  if (!charts.has(host)) charts.set(host, new (host.matches(".plot") ? Plot : CodeBars)(host));
  const chart = charts.get(host);
  chart.update(component.data, component.setStateValue);
  // Streamlit also calls the cleanup of an update that a newer one overtook, while the chart is in
  // use. Only a host that has left the page is really gone.
  return () => host.isConnected || chart.destroy();
}

// Any figure, to look at.
class Plot {
  constructor(host) {
    this.host = host;
    this.plot = document.createElement("div");
    // In the next frame: what Plotly changes in this one would be news to other observers, too late.
    this.observer = new ResizeObserver(() =>
      requestAnimationFrame(() => host.clientWidth === this.width || this.draw()),
    );
    this.observer.observe(host);
  }

  update(data) {
    this.data = data;
    this.draw();
  }

  draw() {
    const { host, data } = this;
    const [width, height] = [host.clientWidth, host.clientHeight];
    // In a hidden tab: the ResizeObserver calls again when it is shown.
    if (!width || !height || !data) return;
    this.width = width;

    const style = getComputedStyle(host);
    const [traces, layout] = resolve(data.figure, style);
    if (!this.plot.isConnected) host.append(this.plot); // an empty host shows the skeleton

    Plotly.react(
      this.plot,
      traces,
      this.complete(traces, layout, style, width, height),
      CONFIG,
    ).then(() => {
      // On paper, which may be narrower, charts.css shrinks it.
      for (const svg of this.plot.querySelectorAll(".main-svg"))
        svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
      if (this.data === data && "revision" in data) host.dataset.revision = data.revision;
    });
    for (const [name, value] of Object.entries(this.describe(traces, layout)))
      host.setAttribute(name, value);
  }

  // The figure's layout in the page's colours, at the host's size, with axes that nobody moves.
  complete(_traces, layout, style, width, height) {
    const css = (name) => style.getPropertyValue(name).trim();
    const [text, background] = ["text", "background"].map((name) => css(`--st-${name}-color`));
    const font = { family: css("--st-font"), size: 12, color: text, ...layout.font };
    const axis = (own) => ({
      gridcolor: css("--st-border-color-light"),
      zerolinecolor: css("--st-border-color"),
      ...own,
      fixedrange: true,
    });
    return {
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      showlegend: false,
      hovermode: "x",
      ...layout,
      font,
      legend: { bgcolor: background, ...layout.legend }, // lines may pass behind its words
      hoverlabel: { bgcolor: background, bordercolor: text, font, ...layout.hoverlabel },
      xaxis: axis(layout.xaxis),
      yaxis: axis(layout.yaxis),
      dragmode: false,
      autosize: false,
      width,
      height,
    };
  }

  // For those who do not see it: the label says in words what the chart shows.
  describe() {
    return { role: "img", "aria-label": this.data.label };
  }

  destroy() {
    this.observer.disconnect();
    Plotly.purge(this.plot);
  }
}

// The bars of a code, of which the visitor chooses one and drags it.
class CodeBars extends Plot {
  constructor(host) {
    super(host);
    this.selected = null;
    this.count = 0; // the visitor's choices and moves so far, see update()
    this.moves = []; // [unit, value, number]: bars that were let go, of which no answer tells yet
    this.hand = null; // what holds a bar, see grasp() and step()
    this.lent = null; // a code to show in the place of the server's, see follow()
    this.frame = null; // asked for, to show what the hand does
    this.grasped = false; // whether the last press was a hand's

    // Plotly hears of moves (its tooltip) but not of presses: it would cover the page during a
    // press, and make a second click of its own out of a tap.
    const hear = (type, act) => host.addEventListener(type, (event) => act.call(this, event));
    const capture = { capture: true, passive: false };
    host.addEventListener("mousedown", (event) => event.stopPropagation(), capture);
    host.addEventListener("touchstart", (event) => this.touched(event), capture);
    hear("pointerdown", this.grasp);
    hear("pointermove", this.pull);
    hear("pointerup", ({ isPrimary }) => isPrimary && this.letGo());
    hear("pointercancel", this.drop);
    hear("click", this.clicked);
    hear("keydown", this.pressed);
    hear("keyup", this.released);
    hear("blur", this.letGo);
    hear("code", ({ detail: code }) => this.follow(code && { code, encoded: code }));
    hear("edited", ({ detail }) => this.follow(detail));
    this.stopHearing = hearAnswers(() => this.confirm() && this.draw());
  }

  // Who is right about the selection, the visitor or the server? The visitor, until the server has
  // heard: every choice made here carries its number, the server says in `seen` which number it
  // heard last, and an answer to an older one (a drawing's rerun that was under way when the
  // visitor clicked) does not touch the selection. The same for a bar that was let go.
  update(data, setStateValue) {
    this.send = setStateValue;
    if (this.data && data.model !== this.data.model) this.letAllGo();
    if (data.model) {
      this.host.dataset.model = data.model;
      this.plot.dataset.live = "code"; // its "code" event comes up to the host
    }
    if (data.seen >= this.count && !this.hand) {
      this.count = data.seen;
      this.selected = data.selected;
    }
    this.host.classList.toggle("movable", Boolean(data.reach));
    const moved = this.moves.length;
    this.moves = this.moves.filter(([, , number]) => number > data.seen);
    this.data = data;
    this.confirm();
    this.draw();
    if (moved && !this.moves.length) this.tell();
  }

  // A stroke's answer brings a code alone, which has no edits. Is it newer than the figure?
  confirm() {
    const { data } = this;
    const { codes, word } = latest() ?? {};
    const code = data && codes?.[data.model];
    if (!code || !(word.revision > data.revision)) return false;
    const [traces, layout] = data.figure;
    const marked = this.marked(code, code);
    const figure = [traces.map((trace, i) => ({ ...trace, ...marked.get(i) })), layout];
    this.data = { ...data, figure, revision: word.revision };
    return true;
  }

  destroy() {
    this.stopHearing();
    super.destroy();
  }

  draw() {
    super.draw();
    this.followHand();
  }

  followHand() {
    const { code, encoded, lent } = this;
    const values = this.unheard();
    if (values.length) this.show({ code: edited(code, { keep: null, values }), encoded });
    else if (lent) this.show(lent);
  }

  // Show another code than the server's, which has not heard of it yet, also where the server says
  // something in between: see static/live.js. null is the server's.
  follow(lent) {
    this.lent = lent;
    if (lent) this.show(lent);
    else this.draw();
  }

  // Bars of an edited code that differ from it as `encoded` keep that as an outline.
  show({ code, encoded }) {
    const { plot, positions } = this;
    if (!plot.data || code.length !== positions.length) return;
    const moved = [...this.marked(code, encoded)].filter(([index, { x, y }]) => {
      const shown = plot.data[index];
      return String([shown.x, shown.y]) !== String([x, y]);
    });
    for (const [index, trace] of moved) Object.assign(plot.data[index], trace);
    const bars = moved.every(([index]) => index === this.data.code);
    if (!bars || !this.stretch(code)) Plotly.redraw(plot);
    this.host.setAttribute("aria-valuetext", this.said(code));
  }

  // Move the bars as Plotly would, which takes most of a frame's time for it. Marks, which come and
  // go less often, it may draw itself. False if the bars are not there.
  stretch(code) {
    const { data, plot, positions } = this;
    const { xaxis, yaxis } = plot._fullLayout;
    const groups = [...plot.querySelectorAll(".trace.bars")];
    const group = groups.find(({ __data__: [first] }) => first.trace.index === data.code);
    const paths = group?.querySelectorAll(".point > path") ?? [];
    if (paths.length !== code.length) return false;
    const { customdata, width } = plot.data[data.code];
    const points = group.__data__; // where Plotly's tooltip looks
    points[0].trace.customdata = customdata;
    const half = width / 2;
    const zero = yaxis.c2p(0);
    paths.forEach((path, unit) => {
      const value = code[unit];
      Object.assign(points[unit], { s: value, s1: value, y: value });
      const [left, right] = [-half, half].map((side) => xaxis.c2p(positions[unit] + side));
      path.setAttribute("d", `M${left},${zero}V${yaxis.c2p(value)}H${right}V${zero}Z`);
    });
    return true;
  }

  // What changes in the figure with the code: index of a trace -> its part of it. As ui/figures.py
  // marks what a bar alone does not show.
  marked(code, encoded) {
    const { data, positions } = this;
    const [traces, layout] = data.figure;
    const [bottom, top] = layout.yaxis.range;
    const lift = LIFT * (top - bottom);
    const marks = {
      changed: [(value, unit) => value !== encoded[unit], (unit) => encoded[unit]],
      zeros: [(value) => value === 0, () => lift],
      tall: [(value) => value > top, () => top - lift],
      deep: [(value) => value < bottom, () => bottom + lift],
    };
    const customdata = Array.from(code, (value) => this.write(value));
    const marked = new Map([[data.code, { x: positions, y: Array.from(code), customdata }]]);
    for (const [name, [holds, height]] of Object.entries(marks)) {
      const units = [...code.keys()].filter((unit) => holds(code[unit], unit));
      marked.set(
        traces.findIndex(({ meta }) => meta === name),
        { x: units.map((unit) => positions[unit]), y: units.map(height), customdata: null },
      );
    }
    return marked;
  }

  choose(unit) {
    this.selected = unit;
    this.count += 1;
    this.draw(); // the visitor sees it at once; the server hears of it afterwards
    this.send("pick", { unit, number: this.count, moves: this.moves });
  }

  // A mouse takes hold of any bar, and chooses it. A finger takes hold of the chosen bar alone:
  // elsewhere it may want to scroll, and its tap is a click.
  grasp(event) {
    if (!event.isPrimary) return;
    this.letGo();
    const unit = this.unitAt(event.clientX);
    const mouse = event.pointerType === "mouse";
    this.grasped = event.button === 0 && unit !== null && (mouse || unit === this.selected);
    if (!this.grasped) return;
    this.host.setPointerCapture(event.pointerId);
    // A popover beside, which shows figures of the code as it was, closes at a click and not yet.
    this.host.parentElement.dispatchEvent(new MouseEvent("click", { bubbles: true }));
    this.hand = { unit, value: null, before: this.selected, y: event.clientY };
    this.selected = unit;
    this.draw();
  }

  // A finger that holds a bar does not scroll. `touch-action` would say so of the whole chart.
  touched(event) {
    event.stopPropagation();
    if (event.touches.length > 1) this.drop();
    else if (this.hand && event.cancelable) event.preventDefault();
  }

  pull({ clientY, isPrimary }) {
    const { hand, data, plot } = this;
    if (!isPrimary || hand?.y === undefined || !data.reach) return;
    const up = (hand.y - clientY) / this.magnified;
    if (hand.value === null && Math.abs(up) < TREMBLE) return;
    const { range, _length } = plot._fullLayout.yaxis;
    this.move(hand, this.known(hand.unit) + (up * (range[1] - range[0])) / _length);
  }

  // An arrow key: the next ones within a moment belong to the same move.
  step(share) {
    const unit = this.selected;
    const [bottom, top] = this.plot.layout.yaxis.range;
    clearTimeout(this.pause);
    this.hand ??= { unit, value: null };
    this.move(this.hand, (this.hand.value ?? this.known(unit)) + share * (top - bottom));
  }

  // The server hears of it when the bar is let go.
  move(hand, value) {
    const [low, high] = this.data.reach;
    hand.value = this.rounded(Math.min(Math.max(value, low), high));
    this.tell();
  }

  letGo() {
    const { hand } = this;
    if (!hand) return;
    clearTimeout(this.pause);
    this.hand = null;
    const { unit, value, before } = hand;
    if (value === null) return this.choose(unit === before ? null : unit);
    const back = value === this.rounded(this.known(unit));
    if (!back) this.moves.push([unit, value, this.count + 1]);
    this.choose(unit);
    this.tell();
  }

  // As if nothing had been held: a second finger, or the Escape key.
  drop() {
    const { hand } = this;
    if (!hand) return;
    clearTimeout(this.pause);
    this.hand = null;
    if ("before" in hand) this.selected = hand.before;
    this.draw();
    this.tell();
  }

  // What was done to one model's code is not for another's.
  letAllGo() {
    clearTimeout(this.pause);
    this.hand = null;
    this.moves = [];
    this.tell();
  }

  // Units and their values by the visitor's hand, which no answer of the server's tells yet.
  unheard() {
    const { hand, moves } = this;
    const values = moves.map(([unit, value]) => [unit, value]);
    return hand && hand.value !== null ? [...values, [hand.unit, hand.value]] : values;
  }

  // A unit's value before the hand that is on it.
  known(unit) {
    return this.moves.findLast(([moved]) => moved === unit)?.[1] ?? this.code[unit];
  }

  // Show what the hand does, here in the next frame, and on the whole page: see static/live.js.
  tell() {
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      const { hand, data, plot } = this;
      if (!plot.data) return; // it has left the page
      this.followHand();
      if (hand) Plotly.Fx.hover(plot, [{ curveNumber: data.code, pointNumber: hand.unit }]);
      else Plotly.Fx.unhover(plot);
    });
    const values = this.unheard();
    const detail = values.length ? { values, by: this.host } : null;
    this.host.dispatchEvent(new CustomEvent("held", { detail, bubbles: true }));
  }

  clicked(event) {
    if (this.grasped) {
      this.grasped = false; // letGo() has seen to it
      return;
    }
    const unit = this.unitAt(event.clientX);
    if (unit !== null) this.choose(unit === this.selected ? null : unit);
  }

  released(event) {
    if (event.key in STEPS && this.hand) this.pause = setTimeout(() => this.letGo(), PAUSE);
  }

  pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !this.plot.data) {
      this.letGo(); // an undo, say, is to find it
      return;
    }
    if (event.key in STEPS && this.selected !== null && this.data.reach) {
      event.preventDefault();
      this.step(STEPS[event.key]);
      return;
    }
    if (event.key === "Escape" && this.hand) {
      event.preventDefault();
      this.drop();
      return;
    }
    this.letGo();
    const last = this.positions.length - 1;
    const now = this.selected;
    const next = {
      ArrowLeft: Math.max((now ?? last + 1) - 1, 0),
      ArrowRight: Math.min((now ?? -1) + 1, last),
      Home: 0,
      End: last,
      Escape: null,
    }[event.key];
    // Not ours: let it scroll, or close a dialog.
    if (next === undefined || (next === null && now === null)) return;
    event.preventDefault();
    if (next !== now) this.choose(next);
  }

  // On stage the page is.
  get magnified() {
    return this.plot.currentCSSZoom ?? 1;
  }

  // The column under a point of the screen, from top to bottom of the chart: a bar of height zero
  // counts like any other.
  unitAt(clientX) {
    const axis = this.plot._fullLayout?.xaxis;
    if (!axis) return null;
    const { left } = this.plot.getBoundingClientRect();
    const x = axis.p2d((clientX - left) / this.magnified - axis._offset);
    const unit = this.positions.findIndex((position) => Math.abs(position - x) <= 0.5);
    return unit < 0 ? null : unit;
  }

  complete(traces, layout, style, width, height) {
    const { y } = traces[this.data.code];
    this.code = y;
    this.encoded = Float32Array.from(y); // and their edits, in the same precision
    const outlines = traces.find(({ meta }) => meta === "changed");
    outlines?.x.forEach((position, i) => {
      this.encoded[this.positions.indexOf(position)] = outlines.y[i];
    });
    const { positions, selected } = this;
    const range = [positions[0] - 0.5, positions[positions.length - 1] + 0.5];
    const chosen =
      selected === null
        ? []
        : column(positions[selected], style.getPropertyValue("--st-primary-color").trim());
    const own = {
      ...layout,
      xaxis: { range, ...layout.xaxis, autorange: false },
      yaxis: { ...layout.yaxis, autorange: false },
      shapes: [...(layout.shapes ?? []), ...chosen],
    };
    return super.complete(traces, own, style, width, height);
  }

  // Where on the x-axis the units stand.
  get positions() {
    const { x, y } = this.data.figure[0][this.data.code];
    return x ?? y.map((_, unit) => unit);
  }

  get decimals() {
    const [, { yaxis }] = this.data.figure;
    return Number(/\d+/.exec(yaxis.hoverformat ?? ".2f"));
  }

  rounded(value) {
    return Number(value.toFixed(this.decimals));
  }

  write(value) {
    const [, { separators = "." }] = this.data.figure;
    return write(value, this.decimals, separators);
  }

  // What is read out for the chosen unit of a code.
  said(code) {
    const { data, selected, positions } = this;
    if (selected === null) return data.no_unit_text;
    const value = this.write(code[selected] ?? 0);
    return data.unit_text.replace("{unit}", positions[selected]).replace("{value}", value);
  }

  // A slider over the units whose value is read out at each step.
  describe() {
    const { data, selected, positions } = this;
    return {
      role: "slider",
      tabindex: 0,
      "aria-orientation": "horizontal",
      "aria-label": data.label,
      "aria-valuemin": 0,
      "aria-valuemax": positions.length,
      "aria-valuenow": selected === null ? 0 : selected + 1,
      "aria-valuetext": this.said(this.code),
    };
  }
}

// A deep copy (Plotly writes into what it is given) in which "var(--st-primary-color)" has become
// that colour.
function resolve(value, style) {
  if (typeof value === "string") {
    return value.replace(/var\((--[\w-]+)\)/g, (_, name) => style.getPropertyValue(name).trim());
  }
  if (Array.isArray(value)) return value.map((item) => resolve(item, style));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, resolve(item, style)]),
  );
}

// The mark of the selected unit spans its whole column, so that a zero shows it too. Two shapes,
// because one has but one opacity: a light fill behind the bars, and an outline that is visible
// without seeing colour.
function column(x, color) {
  const place = { type: "rect", xref: "x", yref: "paper", x0: x - 0.5, x1: x + 0.5, y0: 0, y1: 1 };
  return [
    { ...place, layer: "below", fillcolor: color, opacity: 0.18, line: { width: 0 } },
    { ...place, fillcolor: "rgba(0,0,0,0)", line: { color, width: 1.5 } },
  ];
}
