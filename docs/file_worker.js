// Browsers start no worker from a page that was opened as a file; the search of the site runs in one.
// Where the page is a file, a worker is a hidden frame: the script runs in it, and messages go to and fro.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.frame = document.body.appendChild(Object.assign(document.createElement("iframe"), { hidden: true }));
      const inside = this.frame.contentWindow;
      inside.postMessage = (data) => {
        const message = new MessageEvent("message", { data });
        this.onmessage?.(message);
        this.dispatchEvent(message);
      };
      const load = (script) =>
        new Promise((done, failed) => {
          const tag = inside.document.createElement("script");
          Object.assign(tag, { src: new URL(script, location.href).href, onload: done, onerror: failed });
          inside.document.body.append(tag);
        });
      inside.importScripts = (...scripts) => scripts.reduce((before, one) => before.then(() => load(one)), Promise.resolve());
      this.ready = load(address);
    }

    postMessage(data) {
      this.ready.then(() => {
        const inside = this.frame.contentWindow;
        inside.dispatchEvent(new inside.MessageEvent("message", { data }));
      });
    }

    terminate() {
      this.frame.remove();
    }
  };
}
