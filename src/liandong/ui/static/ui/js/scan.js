// Scanning personal codes with the camera, where the browser can read QR itself. Whatever was read goes into the form; nothing read is ever opened.
behaviours.scan = (form) => {
  if (!("BarcodeDetector" in window) || !navigator.mediaDevices) return;
  const button = document.createElement("button"), field = form.querySelector("[name=code]");
  button.type = "button";
  button.className = "button button-plain button-wide";
  button.textContent = form.dataset.open;
  form.before(button);
  const start = async () => {
    const frame = document.createElement("div"), video = document.createElement("video");
    let stream;
    try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } }); } catch { button.hidden = true; return; }
    sessionStorage.setItem("scan", "1");
    frame.className = "scan-frame";
    video.playsInline = true;
    video.muted = true;
    video.srcObject = stream;
    frame.append(video);
    button.replaceWith(frame);
    await video.play();
    const reader = new BarcodeDetector({ formats: ["qr_code"] });
    const last = sessionStorage.getItem("scanned");
    const look = async () => {
      const found = (await reader.detect(video).catch(() => []))[0];
      if (!found || found.rawValue === last) return setTimeout(look, 150);
      sessionStorage.setItem("scanned", found.rawValue);
      stream.getTracks().forEach((track) => track.stop());
      field.value = found.rawValue.slice(0, 200);
      form.requestSubmit();
    };
    look();
  };
  button.addEventListener("click", start);
  if (sessionStorage.getItem("scan")) start();
};
