//! Work that may take for ever, overflow the stack or panic, kept away from the rest.

use std::sync::mpsc;
use std::time::Duration;

use super::Problem;

/// The name of the threads on which readers run that may panic. Such a panic becomes an error and need not be shown.
pub const QUIET_THREAD: &str = "framelens-reader";

/// How long a file may take. A news page takes some hundredths of a second, a book of a thousand pages a few seconds.
const PATIENCE: Duration = Duration::from_secs(30);
/// The stack of the thread: other people's readers walk trees by recursion in places.
const STACK: usize = 64 << 20;

/// Does the work on a thread of its own. Work that takes longer than half a minute is left behind; it ends with the
/// program.
///
/// # Errors
/// As the work says, or that it took too long or broke off.
pub fn isolated<T: Send + 'static>(work: impl FnOnce() -> Result<T, Problem> + Send + 'static) -> Result<T, Problem> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let guarded = move || {
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        // Nobody listens any more once the patience is over.
        let _ = sender.send(done.unwrap_or(Err(Problem::Panicked)));
    };
    std::thread::Builder::new()
        .name(QUIET_THREAD.to_owned())
        .stack_size(STACK)
        .spawn(guarded)
        .map_err(Problem::Unreadable)?;
    match receiver.recv_timeout(PATIENCE) {
        Ok(done) => done,
        Err(mpsc::RecvTimeoutError::Timeout) => Err(Problem::TooSlow { seconds: PATIENCE.as_secs() }),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Problem::Panicked),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_panics_or_goes_deep_is_an_error_or_an_answer() {
        fn deep(n: u64) -> u64 {
            let here = std::hint::black_box([n; 64]);
            if n == 0 { 0 } else { deep(n - 1) + here[3] - here[4] + 1 }
        }
        assert_eq!(isolated(|| Ok(deep(20_000))).unwrap(), 20_000);
        assert!(matches!(isolated::<()>(|| panic!("a reader broke")), Err(Problem::Panicked)));
        assert!(matches!(isolated::<()>(|| Err(Problem::Empty)), Err(Problem::Empty)));
    }
}
