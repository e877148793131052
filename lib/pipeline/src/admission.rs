//! Admission by memory: a job that does not fit waits. First come, first served, so no job starves.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

const UNIT: u64 = 1 << 20;

/// An amount of memory to hand out, in whole MiB.
#[derive(Debug)]
pub(crate) struct Admission {
    tickets: Arc<Semaphore>,
    capacity: u32,
}

impl Admission {
    pub(crate) fn new(bytes: u64) -> Self {
        let capacity = u32::try_from(bytes / UNIT)
            .unwrap_or(u32::MAX)
            .clamp(1, MOST);
        Self {
            tickets: Arc::new(Semaphore::new(capacity as usize)),
            capacity,
        }
    }

    /// Waits until `bytes` are free and holds them until the permit is dropped, on any thread. A request for more than the
    /// total takes the total: originals that must not run at all are refused elsewhere.
    pub(crate) async fn admit(&self, bytes: u64) -> OwnedSemaphorePermit {
        let units = u32::try_from(bytes.div_ceil(UNIT))
            .unwrap_or(u32::MAX)
            .min(self.capacity);
        Arc::clone(&self.tickets)
            .acquire_many_owned(units)
            .await
            .expect("the semaphore is never closed")
    }
}

/// A semaphore holds at most `usize::MAX >> 3` permits; this is far below on any machine, and 1 PiB.
const MOST: u32 = 1 << 30;

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[test]
    fn what_does_not_fit_waits_for_its_turn() {
        let admission = Admission::new(10 << 20);
        let six = admission.admit(6 << 20).now_or_never().expect("fits");
        let four = admission
            .admit((3 << 20) + 1)
            .now_or_never()
            .expect("fits, rounded up");
        assert!(admission.admit(1).now_or_never().is_none());
        drop(six);
        assert!(admission.admit(6 << 20).now_or_never().is_some());
        drop(four);
        assert!(
            admission.admit(u64::MAX).now_or_never().is_some(),
            "more than all is all"
        );
    }
}
