// What Streamlit leaves out of the frame for those who do not see it: that the links are the menu of
// the pages, and which of them is open. The Python side is ui/components/frame.py.

export default function name({ data }) {
  const menu = document.querySelector(".st-key-menu");
  menu.role = "navigation";
  menu.ariaLabel = data.label;
  menu.querySelectorAll("a").forEach((link, i) => {
    link.ariaCurrent = i === data.open ? "page" : null;
  });
}
