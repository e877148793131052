//! The heap of a program that renders one original after the other.

/// So many bytes that were freed at the heap's end stay with the process for the next buffers.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: i32 = 256 << 20;

/// Longer buffers are not of the heap, and go back to the system at once: what a rare, huge original leaves in the heap may lie
/// beside what the next one takes. The coefficients of a progressive JPEG of 32 MP are no longer than this. Older versions of
/// glibc refuse the first.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const LONGEST: [i32; 2] = [64 << 20, 32 << 20];

/// Has all threads share one heap, and what a job has freed stay there for the next job: else glibc returns every large
/// buffer, and the kernel clears its pages anew each time; and each thread keeps a heap of its own.
///
/// To be called once, before other threads start. Where the allocator is another than glibc's, nothing is changed.
/// docs/performance.md has what it gives.
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

/// Whether the allocator took it.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "glibc's own setting, by its C function")]
fn set(parameter: i32, value: i32) -> bool {
    // SAFETY: `mallopt` takes any two numbers, and locks the heap while it changes it.
    unsafe { libc::mallopt(parameter, value) == 1 }
}
