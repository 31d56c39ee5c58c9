//! Workers of the same run that decide beside the one that waits for their lines: while one waits for the database,
//! another judges. They keep off each other as workers of different processes do.

use super::error::OfficeError;
use super::handle::Office;
use super::worker::{Outcomes, Worker};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// Between two looks for work that nobody tells of: that of other processes.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Workers beside a run.
pub(super) struct Beside {
    decided: UnboundedReceiver<Result<Outcomes, OfficeError>>,
    work: Arc<Notify>,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl Beside {
    /// So many go to work.
    pub(super) fn start(office: &Office, count: u32) -> Self {
        let (tell, decided) = unbounded_channel();
        let (work, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            tasks.spawn(decide(office.worker(), tell.clone(), work.clone(), stop.clone()));
        }
        Self { decided, work, stop, tasks }
    }

    /// To tell when there may be something to decide: messages came in, or aanbieders are free again.
    pub(super) fn work(&self) -> Arc<Notify> {
        self.work.clone()
    }

    /// The lines of what was decided since this was asked.
    pub(super) fn decided(&mut self) -> Result<Outcomes, OfficeError> {
        let mut lines = Outcomes::new();
        while let Ok(done) = self.decided.try_recv() {
            lines.append(&mut done?);
        }
        Ok(lines)
    }

    /// The same, after waiting a while for something.
    pub(super) async fn wait(&mut self) -> Result<Outcomes, OfficeError> {
        match tokio::time::timeout(LOOK_AGAIN, self.decided.recv()).await {
            Ok(Some(done)) => done,
            // Where all have ended, the run goes on alone.
            Ok(None) => {
                tokio::time::sleep(LOOK_AGAIN).await;
                Ok(Outcomes::new())
            }
            Err(_) => Ok(Outcomes::new()),
        }
    }

    /// Waits for what is being decided, and ends.
    pub(super) async fn end(mut self) {
        self.stop.cancel();
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                std::panic::resume_unwind(error.into_panic());
            }
        }
    }
}

async fn decide(
    mut worker: Worker,
    tell: UnboundedSender<Result<Outcomes, OfficeError>>,
    work: Arc<Notify>,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        match worker.decide_next().await {
            Ok(Some(lines)) => {
                // A run that ended has the lines that it asked for.
                let _ = tell.send(Ok(lines));
                work.notify_waiters();
            }
            Ok(None) => tokio::select! {
                () = stop.cancelled() => {}
                () = work.notified() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            },
            Err(error) => {
                let _ = tell.send(Err(error));
                return;
            }
        }
    }
}
