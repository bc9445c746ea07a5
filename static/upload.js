// A button that takes a picture, from a file or dropped on the page. Streamlit's own uploader
// speaks English, shows its own errors, and fails in a frame of another site. A photograph is made
// smaller here: a phone sends some hundred kilobytes, not 12 megabytes, and a browser also opens
// what the server does not (HEIC in Safari). The Python side is ui/components/upload.py.

const version = new URL(import.meta.url).search; // see ui/components/module.py
const { fitted } = await import(`./rectangle.js${version}`);

// What the server opens itself, so that nothing of it is lost: PNG, JPEG, GIF, WebP.
const KNOWN = /^(\x89PNG|\xff\xd8\xff|GIF8|RIFF.{4}WEBP)/s;

const uploads = new WeakMap(); // the component's root -> its button

export default function show({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".upload");
  const first = !uploads.has(root);
  if (first) uploads.set(root, build(root));
  const upload = uploads.get(root);
  const { side, limit, label, busy } = data;
  Object.assign(upload, { side, limit, label, busy });
  upload.send = (text) => setTriggerValue("file", text);
  say(upload);
  upload.input.accept = data.accept;
  upload.input.setAttribute("aria-description", data.description);
  root.title = data.description;
  if (first) take(upload, upload.input.files); // chosen before this script had come
}

function build(root) {
  const input = root.querySelector("input");
  const upload = { root, input, words: root.querySelector("span") };
  input.addEventListener("change", () => take(upload, input.files));
  // Dropped anywhere: beside our button the browser would leave the page and open the file.
  const dropped = (event) => {
    if (!root.isConnected) {
      for (const type of ["dragover", "drop"]) document.removeEventListener(type, dropped);
    } else if (event.dataTransfer?.types.includes("Files")) {
      event.preventDefault();
      const dialog = document.querySelector("[role=dialog]");
      if (dialog && !dialog.contains(root.getRootNode().host ?? root)) return; // it is behind that
      if (event.type === "drop") take(upload, event.dataTransfer.files);
    }
  };
  for (const type of ["dragover", "drop"]) document.addEventListener(type, dropped);
  return upload;
}

async function take(upload, [file]) {
  const { root, input, limit } = upload;
  if (!file || root.ariaBusy) return;
  root.ariaBusy = "true";
  say(upload);
  try {
    // What no browser opens goes to the server as it is, as far as it may: it says what it is.
    const sent = (await reduced(file, upload).catch(() => null)) ?? file.slice(0, limit);
    upload.send(await base64(sent).catch(() => "")); // it may have gone meanwhile
  } finally {
    root.ariaBusy = null;
    say(upload);
    input.value = ""; // the same file can be chosen again
  }
}

function say({ root, words, label, busy }) {
  words.textContent = root.ariaBusy ? busy : label;
}

async function reduced(file, { side, limit }) {
  const start = String.fromCharCode(...new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  if (file.size <= limit && KNOWN.test(start)) return file;
  const image = Object.assign(new Image(), { src: URL.createObjectURL(file) });
  try {
    await image.decode();
    for (let length = side; length > 100; length *= 0.7) {
      const blob = await encoded(drawn(image, image.naturalWidth, image.naturalHeight, length));
      if (blob.size <= limit) return blob;
    }
  } finally {
    URL.revokeObjectURL(image.src);
  }
  return null;
}

// By halves, because not every browser averages all the pixels that become one: a thin line would
// break. Drawn upright, as its camera was held.
function drawn(source, width, height, side) {
  const longest = Math.max(width, height);
  const [across, down] = fitted(width, height, Math.max(side, longest / 2));
  const canvas = Object.assign(document.createElement("canvas"), { width: across, height: down });
  canvas.getContext("2d").drawImage(source, 0, 0, across, down);
  return longest > 2 * side ? drawn(canvas, across, down, side) : canvas;
}

function encoded(canvas) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const type = data.some((value, i) => i % 4 === 3 && value < 255) ? "image/png" : "image/jpeg";
  return new Promise((resolve) => canvas.toBlob(resolve, type, 0.9));
}

function base64(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}
