//! Heap settings for a program that renders one original after another. Only a `main` makes them: they hold for its whole process.
//!
//! ```
//! darkroom_heap::keep_buffers();
//! // then start threads, and render
//! ```

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

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
mod tests {
    use super::keep_buffers;

    /// Page faults of this thread so far that needed no disk: other tests may be at work on others.
    fn page_faults() -> u64 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").expect("Linux tells");
        // after the name in brackets: state, five ids, flags, then minflt (proc_pid_stat(5))
        let (_, fields) = stat.rsplit_once(") ").expect("a name");
        let field = fields.split(' ').nth(7).expect("enough fields");
        field.parse().expect("a number")
    }

    fn faults_of_a_buffer() -> u64 {
        let before = page_faults();
        let buffer = std::hint::black_box(vec![1_u8; 24 << 20]);
        drop(buffer);
        page_faults() - before
    }

    #[test]
    fn a_second_buffer_is_the_first_ones_pages() {
        keep_buffers();
        faults_of_a_buffer();
        let faults = faults_of_a_buffer();
        assert!(faults < 100, "{faults} page faults");
    }
}
