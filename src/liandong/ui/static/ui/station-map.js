"use strict";
// #map on the page of stations: Leaflet over the site's own outlines; stations of what is seen are fetched as open data. Tiles only where the site names a server.
(() => {
  const box = document.getElementById("map");
  if (!box || !window.L) return;
  box.hidden = false;
  const say = box.dataset;
  const map = L.map(box, { zoomControl: false, attributionControl: Boolean(say.tilesWords) });
  L.control.zoom({ zoomInTitle: say.closer, zoomOutTitle: say.wider }).addTo(map);
  if (map.attributionControl) map.attributionControl.setPrefix(false);
  const plain = (text) => { const span = document.createElement("span"); span.textContent = text; return span.innerHTML; };
  if (say.tiles) L.tileLayer(say.tiles, { maxZoom: 19, attribution: plain(say.tilesWords || "") }).addTo(map);
  const load = (address) => fetch(address).then((answer) => (answer.ok ? answer.json() : { features: [] })).catch(() => ({ features: [] }));
  const start = say.start ? say.start.split(",").map(Number) : null;
  const shown = new Map();

  const words = (station) => {
    const card = document.createElement("div");
    const link = card.appendChild(document.createElement("a"));
    link.href = say.page.replace("NUMBER", station.number);
    link.textContent = station.name;
    const line = card.appendChild(document.createElement("p"));
    line.textContent = station.facts.filter((fact) => fact.state === "proved" || fact.state === "known").map((fact) => fact.name).join(" · ") || station.address;
    return card;
  };
  const pins = () => {
    const bounds = map.getBounds();
    load(say.stations + "?bbox=" + bounds.toBBoxString()).then((found) => found.features.forEach((feature) => {
      const station = feature.properties;
      if (shown.has(station.number)) return;
      const icon = L.divIcon({ className: "pin pin-" + station.door, iconSize: [22, 22] });
      const pin = L.marker(feature.geometry.coordinates.slice().reverse(), { icon, title: station.name, alt: station.name });
      pin.bindPopup(words(station)).addTo(map);
      shown.set(station.number, pin);
    }));
  };
  load(say.outlines).then((outlines) => {
    const shapes = L.geoJSON(outlines, {
      filter: (feature) => feature.geometry.type !== "Point",
      interactive: false,
      style: (feature) => ({ className: "outline outline-" + ((feature.properties || {}).level || "wide"), weight: 1.5 }),
    }).addTo(map);
    if (start) map.setView(start, 15);
    if (shapes.getLayers().length && !say.chosen) map.fitBounds(shapes.getBounds());
    else if (!start) map.setView([39.9, 116.4], 11);
    if (say.chosen) L.circleMarker(start, { className: "here", radius: 7, interactive: false }).addTo(map);
    map.on("moveend", pins);
    pins();
  });
})();
