//! Time that is up while a picture is decoded.

use std::sync::atomic::{AtomicUsize, Ordering};

use darkroom_imaging::{Watch, decode, probe};

use super::extremes::in_every_format;
use crate::hostile::mutations::Random;
use crate::synthetic::Pixels;
use crate::{Error, limits};

/// Decodes with time for a given number of checks; returns the number of checks made, and the result.
fn decoded(bytes: &[u8], time: usize) -> (usize, Result<(), Error>) {
    let asked = AtomicUsize::new(0);
    let watch = Watch {
        on_stage: &|_| (),
        expired: &|| asked.fetch_add(1, Ordering::Relaxed) >= time,
    };
    let probe = probe(bytes).expect("a header of a test");
    let result = decode::decode(bytes, &probe, limits().decoders, &watch).map(drop);
    (asked.into_inner(), result)
}

#[test]
fn decoders_are_stopped_where_they_are() {
    let mut random = Random::new(0x71AE);
    let data = (0..200 * 150 * 3).map(|_| random.below(256).to_le_bytes()[0]);
    let noise = Pixels {
        width: 200,
        height: 150,
        samples: 3,
        data: data.collect(),
    };
    for (name, bytes) in in_every_format(&noise) {
        // a JPEG is asked between its rows, by who reads them; a WebP comes whole
        let within = match name {
            "jpeg" => continue,
            "webp" => 0,
            _ => 1,
        };
        let (asked, result) = decoded(&bytes, usize::MAX);
        assert_eq!(result, Ok(()), "{name}");
        // before and after each decoder
        assert!(asked >= 2 + within, "{name}: asked {asked} times");
        for time in 0..asked {
            let (again, result) = decoded(&bytes, time);
            let error = result.expect_err(name);
            // the question with the bad answer, and the one after the decoder
            assert!(again <= time + 2, "{name} went on after {time} of {asked}");
            assert!(
                error.to_string().contains("longer than the time limit"),
                "{name}, {time} of {asked}: {error}"
            );
        }
    }
}
