// What Streamlit sends to the browser with every update of either element, so it is kept to a few lines: the map is a
// file that the browser fetches once and keeps (static/map_canvas.js). The address is relative to the page, see charts.js.
export default async function (component) {
  const host = component.parentElement.querySelector(".code-map");
  if (host) host.style.setProperty("--height", `${component.data.height}px`);
  const address = new URL("MODULE", document.baseURI).href;
  const map = await import(address).catch((cause) => {
    throw new Error(`The map's script did not load. Is server.enableStaticServing on? (${address})`, { cause });
  });
  return map.default(component);
}
