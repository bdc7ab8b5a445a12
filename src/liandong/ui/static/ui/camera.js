// Reads QR codes with the camera; where the browser has no reader of its own, jsQR does it. What is read is only ever looked at as letters; nothing read is opened.
"use strict";

// ready(): the reader is here, for the time without network too. film(video, tell): opens the camera and tells each code once while it stays in view; fails where there is no camera.
const codeCamera = (jsqr) => {
  const script = (address) => new Promise((resolve, reject) => { const tag = document.createElement("script"); tag.src = address; tag.onload = resolve; tag.onerror = reject; document.head.append(tag); });
  const fetched = async () => {
    if ("BarcodeDetector" in window && (await BarcodeDetector.getSupportedFormats().catch(() => [])).includes("qr_code")) {
      const detector = new BarcodeDetector({ formats: ["qr_code"] });
      return async (video) => ((await detector.detect(video).catch(() => []))[0] || {}).rawValue;
    }
    if (!window.jsQR) await script(jsqr);
    const sheet = document.createElement("canvas"), brush = sheet.getContext("2d", { willReadFrequently: true });
    return async (video) => {
      const scale = Math.min(1, 640 / Math.max(video.videoWidth, video.videoHeight, 1));
      sheet.width = video.videoWidth * scale;
      sheet.height = video.videoHeight * scale;
      if (!sheet.width) return "";
      brush.drawImage(video, 0, 0, sheet.width, sheet.height);
      return (jsQR(brush.getImageData(0, 0, sheet.width, sheet.height).data, sheet.width, sheet.height, { inversionAttempts: "dontInvert" }) || {}).data;
    };
  };
  let reading = null;
  const ready = () => reading = reading || fetched().catch((fault) => { reading = null; throw fault; });
  const film = async (video, tell) => {
    try {
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const read = await ready();
      video.hidden = false;
      await video.play();
      let last = "", without = 0;
      const look = async () => {
        const found = document.hidden ? "" : await read(video);
        without = found ? 0 : without + 1;
        if (without > 12) last = "";
        if (found && found !== last) {
          last = found;
          await tell(found);
        }
        setTimeout(look, 160);
      };
      look();
    } catch (fault) {
      if (video.srcObject) video.srcObject.getTracks().forEach((track) => track.stop());
      video.hidden = true;
      throw fault;
    }
  };
  return { ready, film };
};

// A form with one code: what the camera reads is put into the field and sent. Of an address of this site only its `code` is taken.
document.querySelectorAll("[data-camera]").forEach((box) => {
  if (!navigator.mediaDevices) return;
  const camera = codeCamera(box.dataset.jsqr), field = document.getElementById(box.dataset.camera), button = box.querySelector("button"), fault = box.querySelector("[data-fault]");
  const codeOf = (text) => {
    try {
      const address = new URL(text);
      return address.searchParams.get("code") || text;
    } catch { return text; }
  };
  const open = () => {
    button.hidden = true;
    camera.film(box.querySelector("video"), (text) => {
      field.value = codeOf(text).slice(0, 40);
      field.form.requestSubmit();
    }).catch(() => { button.hidden = fault.hidden = false; });
  };
  box.hidden = false;
  button.addEventListener("click", open);
  if (navigator.permissions) navigator.permissions.query({ name: "camera" }).then((right) => { if (right.state === "granted") open(); }).catch(() => {});
});
