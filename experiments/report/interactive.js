const CONFIG = {
  displaylogo: false,
  modeBarButtons: [["toImage", "zoom2d", "pan2d", "resetScale2d"]],
};

// Draws each figure's specification in the place of its picture; where that fails, the picture stays.
for (const drawing of document.querySelectorAll(".drawing")) {
  const picture = drawing.querySelector("img");
  const { data, layout } = JSON.parse(drawing.querySelector("script").textContent);
  const place = document.createElement("div");
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", picture.alt);
  place.hidden = true;
  picture.after(place);
  try {
    place.hidden = false;
    await globalThis.Plotly.newPlot(place, data, layout, CONFIG);
    picture.remove();
  } catch (error) {
    place.remove();
    console.error(error);
  }
}
document.documentElement.dataset.interactive = "done";
