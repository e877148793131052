// Every text of the page, in English. A translation is a file beside this one; its type makes it complete.
//
// `{name}` is filled in. A message that depends on a number is a set of plural forms, chosen by `count`.

const EN = {
  "page.title": "Darkroom",
  "page.tagline": "One photo in, every size out.",
  "page.description": "Upload a photo and get it back in every size you need.",
  "page.noscript": "This page uploads with JavaScript. Switch it on and reload.",
  "page.progress": "{done} of {all} · {title}",

  "add.title": "Add pictures",
  "add.how": "Drop pictures or folders anywhere on this page, paste them, or choose them.",
  "add.choose": "Choose pictures",
  "add.folder": "Choose a folder",
  "add.camera": "Take a photo",
  "add.drop": "Drop to upload",
  "add.limits": "{formats}, up to {bytes} and {megapixels} megapixels.",
  "add.privacy": {
    one: "Your originals stay private. Anyone who has the link of a variant can see it. Variants do not contain the place or the camera of a photo. Everything is deleted after {count} day; removing a picture from this list does not delete it earlier.",
    other:
      "Your originals stay private. Anyone who has the link of a variant can see it. Variants do not contain the place or the camera of a photo. Everything is deleted after {count} days; removing a picture from this list does not delete it earlier.",
  },
  "add.added": { one: "{count} picture added", other: "{count} pictures added" },

  "offline.title": "You are offline.",
  "offline.waiting": {
    one: "{count} picture will go on when the connection is back.",
    other: "{count} pictures will go on when the connection is back.",
  },

  "list.title": "Your pictures",
  "list.all": "All pictures",
  "bar.pause": "Pause",
  "bar.resume": "Resume",
  "bar.paused": "Paused",
  "bar.retry": "Retry failed",
  "bar.clear": "Clear finished",
  "bar.download": "Download all",
  "bar.packing": "Packing {percent}",
  "bar.sent": "{sent} of {bytes} sent",

  "count.ready": "{number} ready",
  "count.rejected": "{number} rejected",
  "count.failed": "{number} failed",
  "count.removed": "{number} deleted",
  "count.open": "{number} to go",

  "done.one": "{name}: {status}.",
  "done.several": { one: "{count} picture done: {summary}", other: "{count} pictures done: {summary}" },

  "status.queued": "Waiting for its turn · {bytes}",
  "status.waiting": "Waiting for the network",
  "status.uploading": "Uploading · {percent} of {bytes}",
  "status.rendering": "Rendering",
  "status.slow": "Rendering · slower than usual, but nothing is lost",
  "status.ready": { one: "Ready · {count} variant", other: "Ready · {count} variants" },
  "status.saving": "{preset} is {saved}",
  "status.rejected": "Rejected",
  "status.failed": "Failed",
  "status.removed": "Deleted",

  "saved.same": "same size",
  "saved.smaller": "{percent} smaller",
  "saved.larger": "{percent} larger",

  "row.compare": "Compare",
  "row.retry": "Retry",
  "row.remove": "Remove",
  "row.cancel": "Cancel",

  "detail.close": "Close",
  "detail.original": "Original: {facts}",
  "detail.variants": "Variants",
  "detail.download": "Download",
  "detail.copy": "Copy URL",
  "detail.markup": "Copy <picture>",
  "detail.variant": "{variant} of {name}",
  "detail.url": "of {variant} of {name}",
  "detail.done": "Done",
  "detail.not": "That did not work: {reason}",

  "compare.original": "original",
  "compare.standin": "{preset} (the original cannot be shown)",
  "compare.picture": "{name}, {side}",
  "compare.stage": "Picture: arrow keys pan, plus and minus zoom",
  "compare.divider": "Divider between {before} and {after}",
  "compare.out": "Zoom out",
  "compare.in": "Zoom in",
  "compare.actual": "1:1, actual pixels",
  "compare.fit": "Fit",
  "compare.frame": "Fit the frame",

  "pixels.most": "{number} pixels",
  "pixels.side": "{number} on one side",

  "trouble.details": "Details",

  // What went wrong, and what the person at the page can do.
  "fault.insecure": "This page was opened without encryption.",
  "advice.insecure": "Open it with https:// at the start of its address.",
  "fault.setup": "The page could not be set up.",
  "advice.setup": "Check the network connection, then reload the page.",
  "fault.unforeseen": "Something unforeseen went wrong.",
  "advice.unforeseen": "Retry. If it happens again, reload the page.",
  "fault.refused_guest": "Uploads are not accepted at the moment.",
  "advice.refused_guest": "Reload the page. If that does not help, tell its operator.",
  "fault.no_answer": "The server did not answer.",
  "advice.no_answer": "Check the network connection, then retry.",
  "fault.busy": "The server is busy at the moment.",
  "advice.busy": "Wait a few seconds, then retry.",
  "fault.clock": "The upload was refused, because this device's clock is wrong.",
  "advice.clock": "Set the clock, then retry.",
  "fault.too_long": "The upload was refused, because the file is too large.",
  "advice.too_long": "Choose a smaller picture.",
  "fault.refused": "The upload was refused.",
  "advice.refused": "Retry. If it happens again, reload the page.",
  "fault.not_through": "The upload did not get through.",
  "advice.not_through": "Check the network connection, then retry.",
  "fault.no_outcome": "The picture is uploaded, but nothing was heard of it for ten minutes.",
  "advice.no_outcome": "Check again in a while. If that does not help, upload it again.",
  "fault.unfinished": "The upload did not end before the page was closed.",
  "advice.unfinished": "Choose the file again.",
  "fault.packing": "The pictures could not be packed.",
  "advice.packing": "Check the network connection, then try again.",
  "fault.markup": "The markup could not be read.",
  "advice.markup": "Check the network connection, then try again.",

  // Files that are refused before they are uploaded; their advice is that of a rejection.
  "fault.file_bytes": "The file is {bytes}; the limit is {most}.",
  "fault.file_gone": "The file could not be read.",
  "advice.file_gone": "If it was moved or changed, choose it again.",
  "fault.file_empty": "The file is empty.",
  "fault.file_unsupported": "{format} is not supported.",
  "fault.file_text": "The file is text, not a picture.",
  "fault.file_pixels": "The picture has {size} pixels; the limit is {most}.",

  // What the owner of a rejected picture can do, by the engine's code.
  "advice.empty": "Save or copy the file again, then choose it again.",
  "advice.not_an_image": "Check that this is the right file.",
  "advice.unsupported": "Save the picture as JPEG or PNG, then choose that file.",
  "advice.too_large": "Scale the picture down, then choose it again.",
  "advice.truncated": "The end is missing. Copy the file again from where it came, then choose it again.",
  "advice.corrupt": "Open the picture in another program, save it again, then choose that file.",
  "advice.other": "Choose another file.",
  "advice.removed": "Upload it again if you need it.",

  // Why, by the engine's code. Its own words are exacter, and English.
  "reason.empty": "The file is empty.",
  "reason.not_an_image": "The file is not a picture.",
  "reason.unsupported": "This kind of picture is not supported.",
  "reason.too_large": "The picture is too large.",
  "reason.truncated": "The file is cut short.",
  "reason.corrupt": "The file is damaged.",
  "reason.other": "The picture was rejected.",
  "reason.removed": "The original was deleted, and its variants with it.",
} as const;

export default EN;
