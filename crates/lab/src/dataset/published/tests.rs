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

/// Names, ages and genders in the order of reading.
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
    let cacd = ["14_Jo_Doe_0009.jpg", "15_Jo_Doe_0009.jpg_0.jpg", "62_Al_0001.jpg"].map(|name| (name, ""));
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

/// The detected convention of a data set, its ages, and the evidence.
fn chosen(files: &[&str]) -> Result<(Convention, Vec<AgeLabel>, String), String> {
    let files: Vec<_> = files.iter().map(|name| (*name, "")).collect();
    let reading = read_published(folder_of(&files).path(), None).map_err(|error| error.to_string())?;
    let ages = reading.faces.iter().map(|face| face.age).collect();
    Ok((reading.choice.convention, ages, reading.choice.to_string()))
}

#[test]
fn names_come_before_the_numbers_of_folders() {
    let imdb = ["00/nm9999999_rm10000001_1955-3-7_2003.jpg", "01/nm9999999_rm10000002_1955-8-7_2003.jpg"];
    let (convention, ages, message) = chosen(&imdb).unwrap();
    assert_eq!((convention, ages), (Convention::Wiki, [48.0, 47.0].map(AgeLabel::exact).to_vec()));
    assert!(
        message.contains("IMDB-WIKI") && message.contains("2 of 2 names") && message.contains("(48 years)"),
        "{message}"
    );
    assert!(message.contains("have nothing to do with ages"), "{message}");
    let (convention, ages, message) =
        chosen(&["000/000A61.JPG", "000/000A02.JPG", "001/001A18.JPG"]).unwrap();
    assert_eq!((convention, ages), (Convention::FgNet, [2.0, 61.0, 18.0].map(AgeLabel::exact).to_vec()));
    assert!(message.contains("fgnet") && message.contains("identify the persons"), "{message}");
    let (convention, ages, message) = chosen(&["0/20_Jo_Doe_0001.jpg", "1/21_Jo_Doe_0002.jpg"]).unwrap();
    assert_eq!((convention, ages), (Convention::Cacd, [20.0, 21.0].map(AgeLabel::exact).to_vec()));
    assert!(message.contains("its folders agree"), "{message}");
    let (convention, _, message) = chosen(&["0/a.jpg", "1/b.jpg", "1/9.jpg"]).unwrap();
    assert_eq!(convention, Convention::Folders);
    assert!(
        message.contains("2 folders of groups, such as 0") && message.contains("state no ages"),
        "{message}"
    );
}

#[test]
fn names_that_contradict_their_folders_are_refused() {
    for files in [
        &["0/40_Jo_Doe_0001.jpg", "1/21_Jo_Doe_0002.jpg", "1/41_Jo_Doe_0002.jpg"][..],
        &["21-30/25_0_1_x.jpg", "31-40/51_0_1_x.jpg"],
        &["21-30/000A25.JPG", "31-40/001A60.JPG"],
    ] {
        let message = chosen(files).unwrap_err();
        assert!(
            message.contains("contradict each other in 1 of") && message.contains("--convention folders"),
            "{message}"
        );
        let files: Vec<_> = files.iter().map(|name| (*name, "")).collect();
        let folder = folder_of(&files);
        for given in [Convention::Folders, Convention::Cacd, Convention::UtkFace, Convention::FgNet] {
            let reading = read_published(folder.path(), Some(given));
            let fits = |reading: Reading| reading.choice.convention == given;
            assert!(
                reading.map_or_else(|error| error.to_string().contains("no pictures with"), fits),
                "{given:?}"
            );
        }
    }
    // An unknown birthday is not a contradiction.
    assert!(chosen(&["21-30/9_1980-3-1_2011.jpg", "31-40/9_1980-3-1_2012.jpg"]).is_ok());
}

#[test]
fn high_folder_numbers_are_not_groups() {
    let files: Vec<String> = (0..30).map(|number| format!("{number:02}/picture.jpg")).collect();
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let message = chosen(&files).unwrap_err();
    assert!(message.contains("up to 29") && message.contains("--convention folders"), "{message}");
}

#[test]
fn ages_that_nobody_has_are_left_out() {
    let folder = folder_of(&[("9_1990-1-1_1955.jpg", ""), ("9_1990-1-1_2015.jpg", "")]);
    let reading = read_published(folder.path(), None).unwrap();
    assert_eq!(reading.faces.len(), 1);
    assert_eq!(reading.skipped[0].1, "its name states an age of -35 years");
}

#[test]
fn tables_of_all_spreadsheet_formats_are_read() {
    let expected = [exact("ä.jpg", 30.5, Some(Gender::Male)), exact("b.jpg", 8.0, Some(Gender::Female))];
    let plain = "File;AGE;Gender\r\nä.jpg;30,5;MALE\r\nb.jpg;8;F\r\n;;\r\n";
    let zero = plain.replace("MALE", "0").replace(";F\r", ";1\r").replace(';', "\t");
    let utf16: Vec<u8> = zero.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin: Vec<u8> = plain.chars().map(|character| u32::from(character) as u8).collect();
    let tables = [
        plain.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", plain.as_bytes()].concat(),
        [b"\xff\xfe", utf16.as_slice()].concat(),
        latin,
        plain.replace(',', ".").replace(';', ",").into_bytes(),
    ];
    for bytes in tables {
        let folder = folder_of(&[]);
        let table = folder.path().join("labels.csv");
        std::fs::write(&table, bytes).unwrap();
        let reading = read_published(folder.path(), None).unwrap();
        let faces = expected
            .each_ref()
            .map(|(name, age, gender)| Labelled::new(folder.path().join(name), *age, *gender));
        assert_eq!(reading.faces, faces);
        assert_eq!(reading.skipped, [(table, "line 4 is blank".to_owned())]);
    }
    let text = "file,age,gender\na.jpg,,male\n,3,male\nb.jpg,7,NaN\n";
    let reading = read_published(folder_of(&[("labels.csv", text)]).path(), None).unwrap();
    assert_eq!((reading.faces.len(), reading.faces[0].gender), (1, None));
    let reasons: Vec<&str> = reading.skipped.iter().map(|(_, reason)| reason.as_str()).collect();
    assert_eq!(reasons, ["line 2 of the table states no age", "line 3 names no picture"]);
}

#[test]
fn lists_name_paths_with_spaces() {
    let group = |name: &str, group| (name.to_owned(), AgeLabel::Group(group), None);
    assert_eq!(
        read(&[("train_age_group_0.txt", "my pictures/0.jpg 0\nb.jpg\n"), ("my pictures/0.jpg", "")]),
        [group("my pictures/0.jpg", 0), group("b.jpg", 0)]
    );
    assert_eq!(read(&[("train.txt", "my pictures/a.jpg 4\n")]), [group("my pictures/a.jpg", 4)]);
}

#[test]
fn ffhq_aging_is_read_as_downloaded() {
    let table = "image_number,age_group,age_group_confidence,gender,gender_confidence\n\
        0,0-2,1,male,1\n1001,20-29,0.9,female,1\n";
    let folder = folder_of(&[
        ("ffhq_aging_labels.csv", table),
        ("ffhq_aging256x256/00000/00000.png", ""),
        ("ffhq_aging256x256/01000/01001.png", ""),
        ("ffhq_aging1024x1024/00000/00000.png", ""),
    ]);
    for (from, first) in [("", "ffhq_aging1024x1024"), ("ffhq_aging256x256", "ffhq_aging256x256")] {
        let reading = read_published(&folder.path().join(from), None).unwrap();
        assert_eq!(reading.choice.convention, Convention::FfhqAging);
        assert_eq!(reading.faces.len(), 2);
        assert_eq!(reading.faces[0].file, folder.path().join(first).join("00000/00000.png"));
    }
}

#[test]
fn ffhq_aging_is_read_and_missing_pictures_are_reported() {
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
fn unreadable_labels_are_reported() {
    let error_for =
        |files: &[(&str, &str)]| read_published(folder_of(files).path(), None).unwrap_err().to_string();
    let message = error_for(&[("holiday.jpg", ""), ("garden.jpg", "")]);
    assert!(message.contains("garden.jpg") && message.contains("labels.csv"), "{message}");
    let message = error_for(&[("labels.csv", "file,years\na.jpg,3\n")]);
    assert!(message.contains("no column `age_low`"), "{message}");
    let message = error_for(&[("labels.csv", "file,age\na.jpg,old\n")]);
    assert!(message.contains("labels.csv, line 2") && message.contains("`old`"), "{message}");
    let message = error_for(&[("labels.csv", "file;age;gender\na.jpg;3;x\n")]);
    assert!(message.contains("`x` is not `male`, `female`, `m`, `f`, `0` (male"), "{message}");
    let message = error_for(&[("train.txt", "a.jpg\n")]);
    assert!(message.contains("train.txt, line 1"), "{message}");
    let reading =
        read_published(folder_of(&[("5_0_1_x.jpg", ""), ("6_1_1_x.jpg", ""), ("me.jpg", "")]).path(), None);
    assert_eq!(reading.unwrap().skipped.len(), 1);
}

#[test]
fn groups_end_at_the_next_birthday() {
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
