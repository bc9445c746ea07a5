// Plotly charts that change in place: Streamlit's answer becomes Plotly.react.
// The Python side, and the reason why this exists, is ui/components/charts.py.

// Plotly's ready-made bundle is a classic script. It also runs as a module, and then the browser's
// module map loads it once per page, however many charts there are. Its version is in its name, so
// this may be a plain import. Taken at once: Streamlit's own Plotly may overwrite the global later.
import "./plotly/plotly-basic-4.1.1.min.js";
const { Plotly } = window;

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { write } = await import(`./numbers.js${version}`);

const LIFT = 0.025; // as in ui/figures.py
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
    this.observer = new ResizeObserver(() => host.clientWidth === this.width || this.draw());
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

// The bars of a code, of which the visitor chooses one.
class CodeBars extends Plot {
  constructor(host) {
    super(host);
    this.selected = null;
    this.count = 0; // the visitor's choices so far, see update()

    // Plotly hears of moves (its tooltip) but not of presses: it would cover the page during a
    // press, and make a second click of its own out of a tap. The browser's own click comes once,
    // by mouse and by finger, and not after a scroll.
    for (const press of ["mousedown", "touchstart"]) {
      host.addEventListener(press, (event) => event.stopPropagation(), {
        capture: true,
        passive: true,
      });
    }
    host.addEventListener("click", (event) => this.clicked(event));
    host.addEventListener("code", ({ detail }) => this.follow(detail));
    host.addEventListener("keydown", (event) => this.pressed(event));
  }

  // Who is right about the selection, the visitor or the server? The visitor, until the server has
  // heard: every choice made here carries its number, the server says in `seen` which number it
  // heard last, and an answer to an older one (a drawing's rerun that was under way when the
  // visitor clicked) does not touch the selection.
  update(data, setStateValue) {
    this.send = setStateValue;
    if (data.model) {
      this.host.dataset.model = data.model;
      this.plot.dataset.live = "code"; // its "code" event comes up to the host
    }
    if (data.seen >= this.count) {
      this.count = data.seen;
      this.selected = data.selected;
    }
    super.update(data);
  }

  // Show another code than the server's, which has not heard of it yet: see static/live.js.
  follow(code) {
    const { data, plot, positions } = this;
    if (!code) return this.draw();
    if (!plot.data || code.length !== positions.length) return;
    const [bottom, top] = plot.layout.yaxis.range;
    const lift = LIFT * (top - bottom);
    const { separators, yaxis } = plot.layout;
    const decimals = Number(/\d+/.exec(yaxis.hoverformat));
    // As ui/figures.py marks what a bar alone does not show.
    const marks = {
      changed: [() => false, 0],
      zeros: [(value) => value === 0, lift],
      tall: [(value) => value > top, top - lift],
      deep: [(value) => value < bottom, bottom + lift],
    };
    const names = Object.keys(marks);
    const x = names.map((name) => positions.filter((_, unit) => marks[name][0](code[unit])));
    const y = names.map((name, i) => x[i].map(() => marks[name][1]));
    const written = Array.from(code, (value) => write(value, decimals, separators));
    Plotly.restyle(
      plot,
      {
        x: [positions, ...x],
        y: [Array.from(code), ...y],
        customdata: [written, ...names.map(() => null)],
      },
      [data.code, ...names.map((name) => plot.data.findIndex(({ meta }) => meta === name))],
    );
  }

  choose(unit) {
    this.selected = unit;
    this.count += 1;
    this.draw(); // the visitor sees it at once; the server hears of it afterwards
    this.send("pick", { unit, number: this.count });
  }

  clicked(event) {
    const unit = this.unitAt(event.clientX);
    if (unit !== null) this.choose(unit === this.selected ? null : unit);
  }

  pressed(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || !this.positions) return;
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

  // The column under a point of the screen, from top to bottom of the chart: a bar of height zero
  // counts like any other.
  unitAt(clientX) {
    const axis = this.plot._fullLayout?.xaxis;
    if (!axis) return null;
    const x = axis.p2d(clientX - this.plot.getBoundingClientRect().left - axis._offset);
    const unit = this.positions.findIndex((position) => Math.abs(position - x) <= 0.5);
    return unit < 0 ? null : unit;
  }

  complete(traces, layout, style, width, height) {
    const { x, y } = traces[this.data.code];
    this.positions = x ?? y.map((_, unit) => unit);
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

  // A slider over the units whose value is read out at each step.
  describe(traces, { separators = ".", yaxis }) {
    const { data, selected, positions } = this;
    const value = traces[data.code].y[selected] ?? 0;
    const decimals = Number(/\d+/.exec(yaxis?.hoverformat ?? ".2f"));
    const number = selected === null ? "" : write(value, decimals, separators);
    return {
      role: "slider",
      tabindex: 0,
      "aria-orientation": "horizontal",
      "aria-label": data.label,
      "aria-valuemin": 0,
      "aria-valuemax": positions.length,
      "aria-valuenow": selected === null ? 0 : selected + 1,
      "aria-valuetext":
        selected === null
          ? data.no_unit_text
          : data.unit_text.replace("{unit}", positions[selected]).replace("{value}", number),
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
