//! Work on all threads: the only file that names rayon.

use rayon::prelude::{IntoParallelIterator, IntoParallelRefMutIterator, ParallelIterator};

use crate::Error;

/// Runs on one of the pool's threads: each [`both`] of a thread that is not would wait for one to wake up.
pub(crate) fn inside<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    rayon::scope(|_| work())
}

/// How many things are done at once.
pub(crate) fn count() -> usize {
    rayon::current_num_threads()
}

/// Two things at once.
pub(crate) fn both<A: Send, B: Send>(
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    rayon::join(one, other)
}

/// The same to each, all at once.
pub(crate) fn each<T: Send>(
    items: &mut [T],
    change: impl Fn(&mut T) -> Result<(), Error> + Sync + Send,
) -> Result<(), Error> {
    items
        .par_iter_mut()
        .map(change)
        .collect::<Result<Vec<()>, Error>>()
        .map(|_| ())
}

/// What `make` makes of every item, all at once, in the items' order; or the error of one of them.
pub(crate) fn map<T: Send, R: Send>(
    items: Vec<T>,
    make: impl Fn(T) -> Result<R, Error> + Sync + Send,
) -> Result<Vec<R>, Error> {
    items.into_par_iter().map(make).collect()
}
