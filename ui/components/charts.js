// What Streamlit sends to the browser with *every* update, so it is kept to a few lines: the charts themselves are a
// file that the browser fetches once and keeps (static/charts.js, served at app/static/).
//
// Pages live one level below the app's root (/, /draw, /~/+/draw on Community Cloud), and so does Streamlit's own
// index.html refer to its scripts: relative to the page. A leading "/" would miss every prefix.
export default async function (component) {
  const address = new URL(component.data.module, document.baseURI).href;
  const charts = await import(address).catch((cause) => {
    throw new Error(`The charts' script did not load. Is server.enableStaticServing on? (${address})`, { cause });
  });
  return charts.default(component);
}
