use super::*;

fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Names, ages and genders in the order in which they were read.
fn read(files: &[(&str, &str)]) -> Vec<(String, AgeLabel, Option<Gender>)> {
    let folder = folder_of(files);
    let reading = read_published(folder.path(), None).unwrap();
    let name = |face: &Labelled| face.file.strip_prefix(folder.path()).unwrap().to_str().unwrap().to_owned();
    reading.faces.iter().map(|face| (name(face), face.age, face.gender)).collect()
}

fn exact(name: &str, age: f32, gender: Option<Gender>) -> (String, AgeLabel, Option<Gender>) {
    (name.to_owned(), AgeLabel::exact(age), gender)
}

#[test]
fn names_state_ages() {
    let utkface =
        ["100_1_0_20170112213500903.jpg.chip.jpg", "61_0_20170109150557335.jpg"].map(|name| (name, ""));
    assert_eq!(
        read(&utkface),
        [exact(utkface[0].0, 100.0, Some(Gender::Female)), exact(utkface[1].0, 61.0, Some(Gender::Male))]
    );
    let cacd = ["14_Chris_Colfer_0009.jpg", "15_Chris_Colfer_0009.jpg_0.jpg", "62_Jo_0001.jpg"]
        .map(|name| (name, ""));
    assert_eq!(
        read(&cacd),
        [exact(cacd[0].0, 14.0, None), exact(cacd[1].0, 15.0, None), exact(cacd[2].0, 62.0, None)]
    );
    let fgnet = ["001A16.JPG", "002A04.JPG", "082A29b.JPG"].map(|name| (name, ""));
    assert_eq!(
        read(&fgnet),
        [exact(fgnet[0].0, 16.0, None), exact(fgnet[1].0, 4.0, None), exact(fgnet[2].0, 29.0, None)]
    );
    let wiki = ["17/10000217_1981-05-05_2009.jpg", "48/1000_1948-09-12_1990.jpg"].map(|name| (name, ""));
    assert_eq!(read(&wiki), [exact(wiki[0].0, 28.0, None), exact(wiki[1].0, 41.0, None)]);
}

#[test]
fn lists_folders_and_tables_state_ages() {
    let group = |name: &str, group| (name.to_owned(), AgeLabel::Group(group), None);
    let years = |name: &str, low, high, gender| (name.to_owned(), AgeLabel::Years { low, high }, gender);
    assert_eq!(
        read(&[("train_age_group_0.txt", "a.jpg 3\nb.jpg\n"), ("train_age_group_2.txt", "c/d.jpg\n\n")]),
        [group("a.jpg", 0), group("b.jpg", 0), group("c/d.jpg", 2)]
    );
    assert_eq!(read(&[("train.txt", "x/a.jpg 4\nb.jpg 0\n")]), [group("x/a.jpg", 4), group("b.jpg", 0)]);
    assert_eq!(
        read(&[("0/a.jpg", ""), ("1/b.jpg", ""), ("notes/c.jpg", "")]),
        [group("0/a.jpg", 0), group("1/b.jpg", 1)]
    );
    assert_eq!(
        read(&[("21-30/a.jpg", ""), ("51+/b.jpg", "")]),
        [years("21-30/a.jpg", 21.0, 30.0, None), years("51+/b.jpg", 51.0, 130.0, None)]
    );
    assert_eq!(
        read(&[("labels.csv", "age,file,gender\n7,a.jpg,female\n8.5,b.jpg,\n")]),
        [exact("a.jpg", 7.0, Some(Gender::Female)), exact("b.jpg", 8.5, None)]
    );
    assert_eq!(
        read(&[("labels.csv", "file,age_low,age_high\na.jpg,3,9\n")]),
        [years("a.jpg", 3.0, 9.0, None)]
    );
}

#[test]
fn ffhq_aging_is_read_and_missing_pictures_are_told() {
    let table = "image_number,age_group,age_group_confidence,gender,gender_confidence\n\
        0,0-2,1,male,1\n1,70-120,0.9,female,1\n1001,20-29,0.9,female,1\n";
    let folder = folder_of(&[("ffhq_aging_labels.csv", table), ("00000.png", ""), ("01000/01001.png", "")]);
    let reading = read_published(folder.path(), None).unwrap();
    let labels: Vec<_> = reading.faces.iter().map(|face| (face.age, face.gender)).collect();
    assert_eq!(
        labels,
        [
            (AgeLabel::Years { low: 0.0, high: 2.0 }, Some(Gender::Male)),
            (AgeLabel::Years { low: 20.0, high: 29.0 }, Some(Gender::Female))
        ]
    );
    assert_eq!(reading.faces[1].file, folder.path().join("01000/01001.png"));
    assert_eq!(reading.skipped.len(), 1);
}

#[test]
fn what_cannot_be_understood_is_named() {
    let message =
        |files: &[(&str, &str)]| read_published(folder_of(files).path(), None).unwrap_err().to_string();
    let said = message(&[("holiday.jpg", ""), ("garden.jpg", "")]);
    assert!(said.contains("garden.jpg") && said.contains("labels.csv"), "{said}");
    let said = message(&[("labels.csv", "file,years\na.jpg,3\n")]);
    assert!(said.contains("no column `age_low`"), "{said}");
    let said = message(&[("labels.csv", "file,age\na.jpg,old\n")]);
    assert!(said.contains("labels.csv, line 2") && said.contains("`old`"), "{said}");
    let said = message(&[("train.txt", "a.jpg\n")]);
    assert!(said.contains("train.txt, line 1"), "{said}");
    let reading =
        read_published(folder_of(&[("5_0_1_x.jpg", ""), ("6_1_1_x.jpg", ""), ("me.jpg", "")]).path(), None);
    assert_eq!(reading.unwrap().skipped.len(), 1);
}

#[test]
fn groups_reach_to_the_next_birthday() {
    let groups = [(11, 20), (21, 30), (51, 100)];
    let group = |age| AgeLabel::exact(age).group_in(&groups);
    assert_eq!(
        [10.0, 11.0, 20.9, 21.0, 31.0, 80.0, 116.0].map(group),
        [None, Some(0), Some(0), Some(1), None, Some(2), Some(2)]
    );
    assert_eq!(AgeLabel::Years { low: 20.0, high: 29.0 }.group_in(&groups), Some(1));
    assert_eq!(AgeLabel::Group(2).group_in(&groups), Some(2));
    assert_eq!(AgeLabel::Group(3).group_in(&groups), None);
}
