// The genome browser of one result. The addresses of its files end after some minutes and are asked for again.
"use strict";

(() => {
  const place = document.getElementById("igv");
  const problem = document.getElementById("problem");
  // Addresses are used for half of their time, so that none ends between two requests.
  const MARGIN = 0.5;
  let tracks = null;
  let until = 0;

  async function fresh() {
    if (tracks && Date.now() < until) return tracks;
    const response = await fetch(place.dataset.tracks, { headers: { Accept: "application/json" } });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error.message);
    tracks = answer;
    until = Date.now() + answer.seconds * 1000 * MARGIN;
    return tracks;
  }

  async function show() {
    const { reference, name } = await fresh();
    await igv.createBrowser(place, {
      reference,
      locus: place.dataset.region || place.dataset.whole,
      loadDefaultGenomes: false,
      // What is typed into its search box is asked of no other site.
      search: false,
      queryParametersSupported: false,
      tracks: [{
        name,
        type: "variant",
        format: "vcf",
        url: async () => (await fresh()).url,
        indexURL: async () => (await fresh()).index_url,
        visibilityWindow: -1,
        displayMode: "EXPANDED",
      }],
    });
    for (const slider of (place.shadowRoot || place).querySelectorAll("input[type=range]")) slider.setAttribute("aria-label", "Zoom");
  }

  show().catch((error) => {
    problem.textContent = `The genome browser could not be started: ${error.message || error} Please reload the page.`;
  });
})();
