// What Streamlit leaves out of the frame: that the links are the menu of the pages, and which of them
// is open, for those who do not see it; and the theme, for style.css. The Python side is
// ui/components/frame.py.

export default function settle({ data }) {
  const menu = document.querySelector(".st-key-menu");
  menu.role = "navigation";
  menu.ariaLabel = data.label;
  menu.querySelectorAll("a").forEach((link, i) => {
    link.ariaCurrent = i === data.open ? "page" : null;
  });
  const { colorScheme } = getComputedStyle(document.querySelector("[data-testid=stApp]"));
  document.documentElement.dataset.theme = colorScheme;
}
