// Shows every time in the zone of the reader; without this script it stays in UTC.
"use strict";

function showLocalTimes(root) {
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    element.title = element.dateTime;
    element.textContent = moment.toLocaleString(undefined, {
      year: "numeric", month: "short", day: "numeric",
      hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
    });
  }
}

showLocalTimes(document);
// Parts of the page are replaced while a job goes on.
document.addEventListener("htmx:load", (event) => showLocalTimes(event.target.parentElement || document));
