//! Heap settings for a program that renders one original after another.

/// The process keeps this many freed bytes at the end of the heap for the next buffers.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: i32 = 256 << 20;

/// Longer buffers bypass the heap and return to the system at once: otherwise the holes left by a rare, huge original would add
/// to the memory of the next one. The coefficients of a progressive JPEG of 32 MP still fit. Older versions of glibc reject the
/// first value.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LONGEST: [i32; 2] = [64 << 20, 32 << 20];

/// Makes all threads share one heap that keeps the memory freed by a job for the next job. By default glibc returns every
/// large buffer, the kernel clears its pages again each time, and each thread has a separate heap.
///
/// Call it once, before other threads start. It has no effect with an allocator other than glibc's.
/// docs/performance.md has the measurements.
pub fn keep_buffers() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        set(libc::M_ARENA_MAX, 1);
        set(libc::M_TRIM_THRESHOLD, KEPT);
        let _ = LONGEST
            .iter()
            .any(|longest| set(libc::M_MMAP_THRESHOLD, *longest));
    }
}

/// Whether the allocator accepted the setting.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "glibc's own setting, by its C function")]
fn set(parameter: i32, value: i32) -> bool {
    // SAFETY: `mallopt` takes any two numbers, and locks the heap while it changes it.
    unsafe { libc::mallopt(parameter, value) == 1 }
}
