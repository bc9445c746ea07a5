// What a session needs that has lost its server; ui/components/connection.py says why.

let component; // as Streamlit called it last
let lost = false;

const observer = new MutationObserver(([{ target }]) => {
  const connected = target.getAttribute("data-test-connection-state") === "CONNECTED";
  // Nothing is sent while there is no connection: it travels with the first message thereafter,
  // whoever sends that.
  if (!connected && !lost) component.setStateValue("link", location.search);
  if (connected && lost) component.setTriggerValue("back", true);
  lost = !connected;
});

export default function watch(called) {
  component = called;
  observer.observe(document.querySelector("[data-testid=stApp]"), {
    attributeFilter: ["data-test-connection-state"], // again is the same as once
  });
}
