// Every text of the page, in German.

import type { Messages } from "../language.ts";

const DE: Messages = {
  "page.title": "Darkroom",
  "page.tagline": "Ein Foto hinein, jede Größe heraus.",
  "page.description": "Laden Sie ein Foto hoch und erhalten Sie es in jeder Größe, die Sie brauchen.",
  "page.noscript":
    "Diese Seite braucht JavaScript zum Hochladen. Schalten Sie es ein und laden Sie die Seite neu.",
  "page.progress": "{done} von {all} · {title}",

  "add.title": "Bilder hinzufügen",
  "add.how": "Ziehen Sie Bilder oder Ordner auf diese Seite, fügen Sie sie ein oder wählen Sie sie aus.",
  "add.choose": "Bilder auswählen",
  "add.folder": "Ordner auswählen",
  "add.camera": "Foto aufnehmen",
  "add.drop": "Zum Hochladen loslassen",
  "add.limits": "{formats}, bis zu {bytes} und {megapixels} Megapixel.",
  "add.privacy": {
    one: "Ihre Originale bleiben privat. Eine Variante kann jeder sehen, der ihren Link hat. Varianten enthalten weder Ort noch Kamera eines Fotos. Alles wird nach {count} Tag gelöscht; ein Bild aus dieser Liste zu entfernen, löscht es nicht früher.",
    other:
      "Ihre Originale bleiben privat. Eine Variante kann jeder sehen, der ihren Link hat. Varianten enthalten weder Ort noch Kamera eines Fotos. Alles wird nach {count} Tagen gelöscht; ein Bild aus dieser Liste zu entfernen, löscht es nicht früher.",
  },
  "add.added": { one: "{count} Bild hinzugefügt", other: "{count} Bilder hinzugefügt" },

  "offline.title": "Sie sind offline.",
  "offline.waiting": {
    one: "{count} Bild wird hochgeladen, sobald die Verbindung wieder da ist.",
    other: "{count} Bilder werden hochgeladen, sobald die Verbindung wieder da ist.",
  },

  "list.title": "Ihre Bilder",
  "list.all": "Alle Bilder",
  "bar.pause": "Anhalten",
  "bar.resume": "Fortsetzen",
  "bar.paused": "Angehalten",
  "bar.retry": "Fehlgeschlagene wiederholen",
  "bar.clear": "Fertige entfernen",
  "bar.download": "Alle herunterladen",
  "bar.packing": "Packen: {percent}",
  "bar.sent": "{sent} von {bytes} gesendet",

  "count.ready": "{number} fertig",
  "count.rejected": "{number} abgelehnt",
  "count.failed": "{number} fehlgeschlagen",
  "count.removed": "{number} gelöscht",
  "count.open": "{number} offen",

  "done.one": "{name}: {status}.",
  "done.several": { one: "{count} Bild erledigt: {summary}", other: "{count} Bilder erledigt: {summary}" },

  "status.queued": "In der Warteschlange · {bytes}",
  "status.waiting": "Warten auf das Netz",
  "status.uploading": "Hochladen · {percent} von {bytes}",
  "status.rendering": "In Arbeit",
  "status.slow": "In Arbeit · langsamer als sonst, aber nichts ist verloren",
  "status.ready": { one: "Fertig · {count} Variante", other: "Fertig · {count} Varianten" },
  "status.saving": "{preset} ist {saved}",
  "status.rejected": "Abgelehnt",
  "status.failed": "Fehlgeschlagen",
  "status.removed": "Gelöscht",

  "saved.same": "gleich groß",
  "saved.smaller": "{percent} kleiner",
  "saved.larger": "{percent} größer",

  "row.compare": "Vergleichen",
  "row.retry": "Wiederholen",
  "row.remove": "Entfernen",
  "row.cancel": "Abbrechen",

  "detail.close": "Schließen",
  "detail.original": "Original: {facts}",
  "detail.variants": "Varianten",
  "detail.download": "Herunterladen",
  "detail.copy": "URL kopieren",
  "detail.markup": "<picture> kopieren",
  "detail.variant": "{variant} von {name}",
  "detail.url": "von {variant} von {name}",
  "detail.done": "Erledigt",
  "detail.not": "Das hat nicht geklappt: {reason}",

  "compare.original": "Original",
  "compare.standin": "{preset} (das Original kann nicht gezeigt werden)",
  "compare.picture": "{name}, {side}",
  "compare.stage": "Bild: Pfeiltasten verschieben, Plus und Minus zoomen",
  "compare.divider": "Trennlinie zwischen {before} und {after}",
  "compare.out": "Verkleinern",
  "compare.in": "Vergrößern",
  "compare.actual": "1:1, echte Pixel",
  "compare.fit": "Einpassen",
  "compare.frame": "Einpassen in den Rahmen",

  "pixels.most": "{number} Pixel",
  "pixels.side": "{number} auf einer Seite",

  "trouble.details": "Einzelheiten",

  "fault.insecure": "Diese Seite wurde ohne Verschlüsselung geöffnet.",
  "advice.insecure": "Öffnen Sie sie mit https:// am Anfang der Adresse.",
  "fault.setup": "Die Seite konnte nicht eingerichtet werden.",
  "advice.setup": "Prüfen Sie die Netzverbindung und laden Sie die Seite neu.",
  "fault.unforeseen": "Etwas Unvorhergesehenes ist passiert.",
  "advice.unforeseen": "Versuchen Sie es noch einmal. Laden Sie die Seite neu, wenn es wieder passiert.",
  "fault.refused_guest": "Im Moment werden keine Bilder angenommen.",
  "advice.refused_guest": "Laden Sie die Seite neu. Hilft das nicht, sagen Sie es dem Betreiber.",
  "fault.no_answer": "Der Server hat nicht geantwortet.",
  "advice.no_answer": "Prüfen Sie die Netzverbindung und versuchen Sie es noch einmal.",
  "fault.busy": "Der Server ist gerade ausgelastet.",
  "advice.busy": "Warten Sie ein paar Sekunden und versuchen Sie es noch einmal.",
  "fault.clock": "Das Bild wurde nicht angenommen, weil die Uhr dieses Geräts falsch geht.",
  "advice.clock": "Stellen Sie die Uhr und versuchen Sie es noch einmal.",
  "fault.too_long": "Das Bild wurde nicht angenommen, weil die Datei zu groß ist.",
  "advice.too_long": "Wählen Sie ein kleineres Bild.",
  "fault.refused": "Das Bild wurde nicht angenommen.",
  "advice.refused": "Versuchen Sie es noch einmal. Laden Sie die Seite neu, wenn es wieder passiert.",
  "fault.not_through": "Das Bild ist nicht durchgekommen.",
  "advice.not_through": "Prüfen Sie die Netzverbindung und versuchen Sie es noch einmal.",
  "fault.no_outcome": "Das Bild ist hochgeladen, aber seit zehn Minuten gibt es kein Ergebnis.",
  "advice.no_outcome":
    "Sehen Sie später noch einmal nach. Hilft das nicht, laden Sie das Bild noch einmal hoch.",
  "fault.unfinished": "Das Bild war noch nicht hochgeladen, als die Seite geschlossen wurde.",
  "advice.unfinished": "Wählen Sie die Datei noch einmal aus.",
  "fault.packing": "Die Bilder konnten nicht gepackt werden.",
  "advice.packing": "Prüfen Sie die Netzverbindung und versuchen Sie es noch einmal.",
  "fault.markup": "Der HTML-Code konnte nicht gelesen werden.",
  "advice.markup": "Prüfen Sie die Netzverbindung und versuchen Sie es noch einmal.",

  "fault.file_bytes": "Die Datei hat {bytes}; erlaubt sind {most}.",
  "fault.file_gone": "Die Datei konnte nicht gelesen werden.",
  "advice.file_gone": "Wählen Sie sie noch einmal aus, wenn sie verschoben oder geändert wurde.",
  "fault.file_empty": "Die Datei ist leer.",
  "fault.file_unsupported": "{format} wird nicht unterstützt.",
  "fault.file_text": "Die Datei ist ein Text, kein Bild.",
  "fault.file_pixels": "Das Bild hat {size} Pixel; erlaubt sind {most}.",

  "advice.empty": "Speichern oder kopieren Sie die Datei noch einmal und wählen Sie sie dann aus.",
  "advice.not_an_image": "Prüfen Sie, ob es die richtige Datei ist.",
  "advice.unsupported": "Speichern Sie das Bild als JPEG oder PNG und wählen Sie diese Datei.",
  "advice.too_large": "Verkleinern Sie das Bild und wählen Sie es dann aus.",
  "advice.truncated":
    "Das Ende fehlt. Kopieren Sie die Datei noch einmal von ihrer Quelle und wählen Sie sie dann aus.",
  "advice.corrupt":
    "Öffnen Sie das Bild in einem anderen Programm, speichern Sie es neu und wählen Sie diese Datei.",
  "advice.other": "Wählen Sie eine andere Datei.",
  "advice.removed": "Laden Sie das Bild noch einmal hoch, wenn Sie es brauchen.",

  "reason.empty": "Die Datei ist leer.",
  "reason.not_an_image": "Die Datei ist kein Bild.",
  "reason.unsupported": "Diese Art von Bild wird nicht unterstützt.",
  "reason.too_large": "Das Bild ist zu groß.",
  "reason.truncated": "Die Datei ist abgeschnitten.",
  "reason.corrupt": "Die Datei ist beschädigt.",
  "reason.other": "Das Bild wurde abgelehnt.",
  "reason.removed": "Das Original wurde gelöscht und mit ihm seine Varianten.",
};

export default DE;
