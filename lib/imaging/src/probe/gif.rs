//! GIF blocks: screen size, frames, transparency.

use std::borrow::Cow;

use super::read::le16;
use super::{Probe, short};
use crate::{Error, Format};

/// Two bits of a graphic control extension's disposal: clear the frame's area to transparency afterwards.
const DISPOSE_TO_BACKGROUND: u8 = 2;

pub(super) fn probe(bytes: &[u8]) -> Result<Probe, Error> {
    let screen = bytes.get(6..13).ok_or_else(|| short("the header"))?;
    let said = (le16(screen, 0).unwrap_or(0), le16(screen, 2).unwrap_or(0));
    let scan = scan_blocks(bytes, 13 + colour_table(screen[4]), said);
    let (width, height) = scan.screen;
    let mut probe = Probe::still(Format::Gif, width.into(), height.into());
    if scan.screen != said {
        probe.notes.push(format!(
            "its screen of {} x {} is smaller than its first frame, whose size is taken",
            said.0, said.1
        ));
    }
    if scan.cut && scan.frames > 0 {
        return Err(Error::Truncated(format!(
            "it ends within frame {}",
            scan.frames
        )));
    }
    if scan.frames == 0 {
        return Err(Error::Truncated("it has a header but no picture".into()));
    }
    probe.frames = scan.frames;
    probe.alpha = scan.alpha;
    Ok(probe)
}

/// A GIF as its decoder can read it.
pub(crate) struct Mended<'a> {
    /// The file, with a grey ramp for its colours if it has none.
    pub(crate) bytes: Cow<'a, [u8]>,
    /// Its first frame is the screen, and lies where that begins.
    pub(crate) first_is_screen: bool,
}

pub(crate) fn mended(bytes: &[u8]) -> Mended<'_> {
    let mut mended = Mended {
        bytes: bytes.into(),
        first_is_screen: false,
    };
    let Some(screen) = bytes.get(6..13) else {
        return mended;
    };
    let said = (le16(screen, 0).unwrap_or(0), le16(screen, 2).unwrap_or(0));
    let scan = scan_blocks(bytes, 13 + colour_table(screen[4]), said);
    mended.first_is_screen = scan.screen != said;
    if scan.colourless {
        let mut file = bytes[..13].to_vec();
        file[10] |= 0x87;
        file.extend((0..=255u8).flat_map(|grey| [grey; 3]));
        file.extend(&bytes[13..]);
        mended.bytes = file.into();
    }
    mended
}

/// Bytes of the colour table that the packed flags announce.
fn colour_table(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}

#[derive(Default)]
struct Scan {
    frames: u32,
    alpha: bool,
    /// What the header says, or the size of a first frame that is larger, as browsers take it.
    screen: (u16, u16),
    /// A frame has no colour table, nor has the screen.
    colourless: bool,
    /// It ends within a block. An end between blocks is borne: many writers leave the trailer out.
    cut: bool,
}

/// Walks the blocks without unpacking them.
fn scan_blocks(bytes: &[u8], start: usize, screen: (u16, u16)) -> Scan {
    let mut scan = Scan {
        screen,
        ..Scan::default()
    };
    let without_colours = bytes.get(10).is_some_and(|flags| flags & 0x80 == 0);
    let mut at = start;
    let mut cleared = false;
    while let Some(&introducer) = bytes.get(at) {
        match introducer {
            b'!' => {
                // Graphic control: label F9, 4 bytes, flags first; the lowest flag says that one colour is transparent.
                if let Some([0xF9, 4, flags, ..]) = bytes.get(at + 1..) {
                    scan.alpha |= flags & 1 == 1;
                    cleared |= flags >> 2 & 7 == DISPOSE_TO_BACKGROUND;
                }
                at += 2;
            }
            b',' => {
                let Some(descriptor) = bytes.get(at + 1..at + 10) else {
                    scan.cut = true;
                    break;
                };
                let field = |i: usize| le16(descriptor, 2 * i).unwrap_or(0);
                let (width, height) = (field(2), field(3));
                let larger = width > scan.screen.0 || height > scan.screen.1;
                let moved = scan.frames == 0 && larger;
                if moved {
                    scan.screen = (width, height);
                }
                scan.colourless |= without_colours && descriptor[8] & 0x80 == 0;
                let in_corner = moved || field(0) == 0 && field(1) == 0;
                let covers = in_corner && width >= scan.screen.0 && height >= scan.screen.1;
                scan.alpha |= !covers && (scan.frames == 0 || cleared);
                scan.frames += 1;
                at += 11 + colour_table(descriptor[8]); // the last one is LZW's code size
            }
            _ => break,
        }
        // Sub-blocks: a length byte each, the last is 0.
        loop {
            let Some(&length) = bytes.get(at) else {
                scan.cut = true;
                break;
            };
            at += 1 + usize::from(length);
            if length == 0 {
                break;
            }
        }
    }
    scan
}
