//! That a job's buffers serve the next one.
#![cfg(all(target_os = "linux", target_env = "gnu"))]

use darkroom_imaging::keep_buffers;

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
