//! Much work on many cores in little memory, with the results in the order of the work.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;

/// How many bytes of work may be under way at once; one larger piece goes alone.
const BYTES: usize = 64 << 20;

/// Where the work is put in.
pub struct Feed<J> {
    shared: Arc<Shared<J>>,
}

struct Shared<J> {
    state: Mutex<State<J>>,
    /// Something was put in, or nothing more comes.
    filled: Condvar,
    /// Something was finished, or nobody wants the results any more.
    emptied: Condvar,
    most: usize,
}

struct State<J> {
    waiting: VecDeque<Piece<J>>,
    next: usize,
    /// Put in and not yet handed out as a result.
    under_way: usize,
    bytes: usize,
    closed: bool,
    stopped: bool,
}

struct Piece<J> {
    number: usize,
    bytes: usize,
    job: J,
}

impl<J> Shared<J> {
    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<J> Feed<J> {
    /// Puts a piece of work in, as soon as there is room. `false` where nobody wants the results any more.
    pub fn put(&self, job: J, bytes: usize) -> bool {
        let mut state = self.shared.lock();
        while !state.stopped
            && (state.under_way >= self.shared.most || (state.under_way > 0 && state.bytes + bytes > BYTES))
        {
            state = self.shared.emptied.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        if state.stopped {
            return false;
        }
        let number = state.next;
        state.next += 1;
        state.under_way += 1;
        state.bytes += bytes;
        state.waiting.push_back(Piece { number, bytes, job });
        self.shared.filled.notify_one();
        true
    }
}

impl<J> Drop for Feed<J> {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.filled.notify_all();
    }
}

/// Does `work` on all that `feed` puts in, on all cores, and hands the results to `take` in the order in which the
/// work was put in. `take` is told whether more results are at hand, or whether it may take a while. An error of `take`
/// ends everything at once. `work` must not panic: its result would be waited for.
///
/// # Errors
/// The first error of `take`.
pub fn in_order<J, R, E>(
    feed: impl FnOnce(Feed<J>) + Send + 'static,
    work: impl Fn(J) -> R + Send + Sync + 'static,
    mut take: impl FnMut(R, bool) -> Result<(), E>,
) -> Result<(), E>
where
    J: Send + 'static,
    R: Send + 'static,
{
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let shared = Arc::new(Shared {
        state: Mutex::new(State {
            waiting: VecDeque::new(),
            next: 0,
            under_way: 0,
            bytes: 0,
            closed: false,
            stopped: false,
        }),
        filled: Condvar::new(),
        emptied: Condvar::new(),
        most: threads * 4,
    });
    let input = Feed { shared: shared.clone() };
    // Not joined: it may be waiting for somebody to type.
    thread::spawn(move || feed(input));
    let (sender, receiver) = mpsc::channel();
    let work = Arc::new(work);
    for _ in 0..threads {
        let (shared, work, sender) = (shared.clone(), work.clone(), sender.clone());
        thread::spawn(move || {
            while let Some(piece) = next(&shared) {
                if sender.send((piece.number, piece.bytes, work(piece.job))).is_err() {
                    break;
                }
            }
        });
    }
    drop(sender);
    let mut ready = BTreeMap::new();
    let mut due = 0;
    let mut result = Ok(());
    'all: while let Ok((number, bytes, done)) = receiver.recv() {
        ready.insert(number, (bytes, done));
        for (number, bytes, done) in receiver.try_iter() {
            ready.insert(number, (bytes, done));
        }
        while let Some((bytes, done)) = ready.remove(&due) {
            due += 1;
            result = take(done, ready.contains_key(&due));
            let mut state = shared.lock();
            state.under_way -= 1;
            state.bytes -= bytes;
            state.stopped = result.is_err();
            shared.emptied.notify_all();
            if result.is_err() {
                state.waiting.clear();
                state.closed = true;
                shared.filled.notify_all();
                break 'all;
            }
        }
    }
    result
}

fn next<J>(shared: &Shared<J>) -> Option<Piece<J>> {
    let mut state = shared.lock();
    loop {
        if let Some(piece) = state.waiting.pop_front() {
            return Some(piece);
        }
        if state.closed {
            return None;
        }
        state = shared.filled.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    #[test]
    fn results_keep_the_order_of_the_work() {
        let mut taken = Vec::new();
        let feed = |feed: Feed<u64>| assert!((0..500).all(|n| feed.put(n, 1)));
        let work = |n: u64| {
            thread::sleep(Duration::from_micros(n * 37 % 300));
            n * 2
        };
        in_order(feed, work, |n, _| {
            taken.push(n);
            Ok::<_, ()>(())
        })
        .unwrap();
        assert_eq!(taken, (0..500).map(|n| n * 2).collect::<Vec<_>>());
    }

    #[test]
    fn little_is_under_way_at_once() {
        static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);
        let feed = |feed: Feed<()>| {
            for _ in 0..50 {
                UNDER_WAY.fetch_add(1, Ordering::SeqCst);
                feed.put((), BYTES / 2);
            }
        };
        in_order(
            feed,
            |()| (),
            |(), _| {
                assert!(UNDER_WAY.fetch_sub(1, Ordering::SeqCst) <= 4);
                thread::sleep(Duration::from_millis(1));
                Ok::<_, ()>(())
            },
        )
        .unwrap();
    }

    #[test]
    fn an_error_ends_it_and_nothing_is_not_waited_for() {
        let endless = |feed: Feed<u8>| while feed.put(1, 1) {};
        assert_eq!(in_order(endless, |n| n, |_, _| Err("full")), Err("full"));
        assert_eq!(in_order(|_: Feed<u8>| (), |n| n, |_, _| Err("none")), Ok(()));
    }
}
