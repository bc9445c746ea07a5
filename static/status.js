// What is said to those who do not see the page: one polite status, which is there before anything
// is to be said, and whose words change. It lies beside the app, so that no run rebuilds it.

const status = document.createElement("div");
status.id = "told";
status.className = "unseen";
status.setAttribute("role", "status");
status.setAttribute("aria-live", "polite");
status.dataset.liveAnnouncer = "true"; // Streamlit's dialogs hide everything else outside them
document.body.append(status);

export function say(sentence) {
  status.textContent = sentence;
}
