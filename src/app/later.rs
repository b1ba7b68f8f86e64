//! Work on a thread of its own, for a question that waits for what comes of it.

use std::sync::mpsc::{Receiver, TryRecvError, channel};

use eframe::egui::Context;

/// What will come of some work.
pub struct Later<T>(Receiver<T>);

/// Asks for a frame when the work ends, in whatever way.
struct Wake(Context);

impl Drop for Wake {
    fn drop(&mut self) {
        self.0.request_repaint();
    }
}

impl<T: Send + 'static> Later<T> {
    pub fn start(ctx: &Context, work: impl FnOnce() -> T + Send + 'static) -> Self {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let run = move || {
            // In this order, so that the frame that is asked for finds that nothing will come any more.
            let _wake = Wake(ctx);
            let sender = sender;
            // Where the question was put away, nobody listens.
            let _ = sender.send(work());
        };
        // Where the system gives no thread, the sender is gone, and that is told like any other end.
        let _ = std::thread::Builder::new().name("framelens-work".to_owned()).spawn(run);
        Self(receiver)
    }

    /// What came of it, once it is there.
    ///
    /// # Errors
    /// Where the work broke off.
    pub fn poll(&self) -> Option<Result<T, String>> {
        match self.0.try_recv() {
            Ok(done) => Some(Ok(done)),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                Some(Err("This broke off within the program. Nothing was changed; try it again.".to_owned()))
            }
        }
    }
}

/// Takes what came of some work out of its slot, once it is there.
pub fn take<T: Send + 'static>(slot: &mut Option<Later<T>>) -> Option<Result<T, String>> {
    let came = slot.as_ref()?.poll()?;
    *slot = None;
    Some(came)
}
