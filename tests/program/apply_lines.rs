//! What holds of every line that `framelens apply` may be given.

use std::sync::Arc;

use crate::common::dice;
use crate::requests::{Chance, line};
use framelens::cli::apply::{Defaults, carry_line};
use framelens::detect::Rules;
use framelens::model::Project;
use framelens::session::Session;
use proptest::prelude::*;

fn session(project: Project) -> (tempfile::TempDir, Session) {
    let place = tempfile::tempdir().unwrap();
    let session = Session::create(&place.path().join("study"), project, Arc::new(Rules::default())).unwrap();
    (place, session)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// A line that is refused changes nothing, a line that is carried out leaves no fault, and everything that was
    /// carried out can be undone and done again.
    #[test]
    fn lines_are_carried_out_or_change_nothing(mut dice in dice(300), seed: u64) {
        let begin = dice.project();
        let (_place, mut session) = session(begin.clone());
        let mut chance = Chance::new(seed);
        let mut states = vec![begin];
        for number in 1..60 {
            let line = line(&mut chance, session.project());
            if line.windows(4).any(|w| w == b"undo" || w == b"redo") {
                continue;
            }
            let answer = carry_line(&mut session, number, &line, &Defaults::default());
            let shown = String::from_utf8_lossy(&line).into_owned();
            if !answer.ok {
                prop_assert_eq!(session.project(), states.last().unwrap(), "{}", shown);
            } else if session.project() != states.last().unwrap() {
                states.push(session.project().clone());
            }
            prop_assert_eq!(session.project().faults(), vec![], "{}", shown);
        }
        let end = states.last().unwrap().clone();
        for state in states.iter().rev().skip(1) {
            while session.project() != state {
                prop_assert!(session.undo().unwrap().is_some());
            }
        }
        while session.redo().unwrap().is_some() {}
        prop_assert_eq!(session.project(), &end);
    }

    /// Whatever bytes come, they are answered.
    #[test]
    fn any_bytes_are_answered(
        seed: u64,
        spoil in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
        noise in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let mut chance = Chance::new(seed);
        let project = crate::common::Dice::from(vec![seed as u32; 80]).project();
        let (_place, mut session) = session(project);
        let mut line = line(&mut chance, session.project());
        for (at, byte) in spoil {
            let at = at.index(line.len());
            line[at] = byte;
        }
        for line in [line, noise] {
            let before = session.project().clone();
            let answer = carry_line(&mut session, 7, &line, &Defaults::default());
            prop_assert_eq!(answer.line, 7);
            prop_assert_eq!(answer.ok, answer.error.is_none());
            prop_assert!(answer.ok || *session.project() == before);
            prop_assert!(serde_json::to_string(&answer).is_ok());
        }
    }
}
