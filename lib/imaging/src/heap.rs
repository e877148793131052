//! The heap of a program that renders one original after the other.

/// So many bytes that were freed stay with the process for the next buffers, and shorter buffers come of them.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const KEPT: [i32; 2] = [256 << 20, 32 << 20];

/// Has all threads share one heap, and what a job has freed stay there for the next job: else glibc returns every large
/// buffer, and the kernel clears its pages anew each time; and each thread keeps a heap of its own.
///
/// To be called once, before other threads start. Where the allocator is another than glibc's, nothing is changed.
/// docs/performance.md has what it gives.
pub fn keep_buffers() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        set(libc::M_ARENA_MAX, 1);
        set(libc::M_TRIM_THRESHOLD, KEPT[0]);
        // older ones refuse more than 32 MiB
        let _ = KEPT.iter().any(|kept| set(libc::M_MMAP_THRESHOLD, *kept));
    }
}

/// Whether the allocator took it.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code, reason = "glibc's own setting, by its C function")]
fn set(parameter: i32, value: i32) -> bool {
    // SAFETY: `mallopt` takes any two numbers, and locks the heap while it changes it.
    unsafe { libc::mallopt(parameter, value) == 1 }
}
