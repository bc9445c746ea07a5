"""The smallest app around ui.components.map_canvas; test_map_canvas.py starts it.

Two maps of the same 500 codes: one that can be turned back into codes, one that cannot.
"""

import numpy as np
import streamlit as st

import ae
from ae.arrays import Float32
from ui import memory
from ui.components.map_canvas import pack, show

STARS = [(0.5, -0.25), (-1.0, 1.0), (400.0, 0.0)]  # the last one far off the map

NEAR = (0, 1)  # in opposite corners of the map

LABELS = {
    "language": "pt",
    "label": "Map of the codes",
    "of_digit": "a test digit: {digit}",
    "place": "nobody's digit: this place decoded",
    "yours": "yours",
    "hint": "Point at the map",
    "group": "{n} digits; {share} of them are {digit}",
    "group_one": "one digit, {digit}",
    "group_empty": "no digit in there",
    "zoom_in": "Zoom in",
    "zoom_out": "Zoom out",
    "reset": "Whole map",
    "lasso": "Lasso",
    "lasso_hint": "drag, or arrows and Enter",
    "lasso_keys": "Enter sets a corner",
    "corner": "corner {n}",
}


def data(n: int = 1200) -> tuple[Float32, Float32, np.ndarray, tuple[Float32, Float32]]:
    """Codes on a plane through the code space, each a little beside it; digits in vertical bands.

    The bands are of equal width, so a lasso around the left tenth of the map catches zeros only.
    """
    random = np.random.default_rng(0)
    units = ae.load("deep").code_size
    axes = np.linalg.qr(random.normal(size=(units, 2)))[0].T.astype(np.float32)
    mean = random.uniform(2, 8, units).astype(np.float32)
    points = random.uniform(-10, 10, (n, 2)).astype(np.float32)
    points[:2] = (-10, -10), (10, 10)
    codes = mean + points @ axes + random.normal(0, 0.5, (n, units)).astype(np.float32)
    digits = np.minimum((points[:, 0] + 10) // 2, 9).astype(np.uint8)
    return np.maximum(codes, 0), points, digits, (mean, axes)


@st.cache_resource
def maps() -> dict[str, bytes]:
    codes, points, digits, inverse = data()
    layers = ae.load("deep").decoder
    return {
        "plane": pack(layers, codes, points, digits, inverse),
        "free": pack(layers, codes, points, digits, None),
    }


def main() -> None:
    name = st.segmented_control("Map", ["plane", "free"], default="plane", required=True)
    step = st.session_state.setdefault("step", 0)

    def move() -> None:
        st.session_state.step += 1

    st.button("Next", on_click=move)
    show(
        data=maps()[name],
        star=STARS[step - 1] if step else None,
        near=NEAR if step else (),
        code=data()[0][step] if step else None,
        labels=LABELS,
        revision=step,
        key="map",
    )
    for line in range(20):  # something to scroll
        st.text(f"line {line}")


if __name__ == "__main__":
    memory.count_run(lambda: None)
    st.set_page_config(layout="wide")
    main()
