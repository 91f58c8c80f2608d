//! Still pictures and frozen frames.

use std::time::Duration;

use agemirror::camera::SourceState;
use agemirror::pipeline::{Command, LiveView};
use agemirror_faces::crop::FaceChoice;

use crate::rig::{Rig, picture};

#[test]
fn a_frozen_frame_is_kept_and_new_ages_run_only_the_decoder() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.pipeline.send(Command::Freeze(true));
    let frozen = rig.wait("tiles of the frozen frame", |view| {
        view.status.frozen
            && view
                .tiles
                .as_ref()
                .zip(view.input.as_ref())
                .is_some_and(|(set, input)| set.frame.number == input.number)
            && rig.camera.sent() > view.input.as_ref().unwrap().number + 10
    });
    let (number, encoded) = (frozen.input.unwrap().number, rig.model.encoded());
    for ages in [vec![5.0], vec![15.0, 25.0, 35.0], vec![80.0]] {
        rig.pipeline.send(Command::Ages(ages.clone()));
        let view = rig.wait("the new ages", |view| view.tiles.as_ref().is_some_and(|set| set.ages == ages));
        assert_eq!(view.tiles.unwrap().frame.number, number);
        assert_eq!(view.input.unwrap().number, number);
    }
    assert_eq!(rig.model.encoded(), encoded, "the face had been encoded already");
    rig.pipeline.send(Command::Freeze(false));
    rig.wait_for_new_tiles();
}

#[test]
fn a_still_picture_lets_one_choose_among_its_faces_and_age_all() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.faces.many(6);
    rig.pipeline.send(Command::Picture { name: "six people".to_owned(), picture: picture(900, 300) });
    let of_picture = |view: &LiveView| {
        view.status.source == "six people"
            && view.tiles.as_ref().is_some_and(|set| set.frame.picture.dimensions() == (900, 300))
    };
    let view = rig.wait("tiles of the picture", of_picture);
    assert_eq!(view.status.state, SourceState::Still);
    assert_eq!(view.faces.faces.len(), 6);
    assert_eq!(view.tiles.unwrap().faces.len(), 1);

    let third = rig.faces.centre(3);
    rig.pipeline.send(Command::Faces(FaceChoice::At(third)));
    rig.wait("the third face", |view| {
        view.faces.chosen == [3] && view.tiles.as_ref().is_some_and(|set| set.faces[0].face.id == 3)
    });
    rig.pipeline.send(Command::Faces(FaceChoice::All));
    rig.wait("four faces", |view| view.tiles.as_ref().is_some_and(|set| set.faces.len() == 4));

    let encoded = rig.model.encoded();
    rig.pipeline.send(Command::Ages(vec![44.0]));
    let view = rig.wait("the new age", |view| view.tiles.as_ref().is_some_and(|set| set.ages == [44.0]));
    assert_eq!(view.tiles.unwrap().faces.len(), 4);
    assert_eq!(rig.model.encoded(), encoded, "the faces had been encoded already");
}

/// Small faces are found later than large ones and must still be aged: whether the first detection has found
/// none or some, and whether the model runs live or on a held frame.
#[test]
fn faces_that_are_found_late_in_a_still_are_aged_too() {
    for (at_once, slow_after) in [(0, None), (1, None), (1, Some(Duration::ZERO))] {
        let rig = Rig::with(|settings, _| {
            settings.faces = FaceChoice::All;
            settings.slow_after = slow_after;
        });
        rig.wait_for_new_tiles();
        rig.faces.more(at_once, 3);
        rig.pipeline.send(Command::Picture { name: "a group".to_owned(), picture: picture(900, 300) });
        let view = rig.wait("three faces", |view| {
            view.status.source == "a group" && view.tiles.as_ref().is_some_and(|set| set.faces.len() == 3)
        });
        assert_eq!(view.faces.faces.len(), 3, "{at_once} at once, slow: {slow_after:?}");
    }
}

#[test]
fn a_still_without_faces_is_reported() {
    let rig = Rig::new();
    rig.wait_for_new_tiles();
    rig.faces.more(0, 0);
    rig.pipeline.send(Command::Picture { name: "a wall".to_owned(), picture: picture(900, 300) });
    let view = rig.wait("the problem", |view| view.faces.problem.is_some());
    assert_eq!(view.faces.problem, Some(agemirror_faces::face::FaceProblem::NoFace));
}
