use super::*;

fn refused(usage: Usage, size: i64) -> Option<Code> {
    usage.has_room_for(size).err().map(|error| error.code())
}

#[test]
fn the_limits_are_where_they_are_said_to_be() {
    let nothing = Usage::default();
    assert_eq!(refused(nothing, 1), None);
    let (files, bytes) = (|files| Amount { files, bytes: 0 }, |bytes| Amount { files: 1, bytes });
    type With = fn(Amount) -> Usage;
    let limits: [(With, i64, i64, Code); 4] = [
        (|of_visit| Usage { of_visit, ..Usage::default() }, 200, 500 << 20, Code::VisitFull),
        (|of_assignment| Usage { of_assignment, ..Usage::default() }, 200, 500 << 20, Code::VisitFull),
        (|waiting| Usage { waiting: Some(waiting), ..Usage::default() }, 20, 10 << 20, Code::FilesWaiting),
        (|of_day| Usage { of_day, ..Usage::default() }, 1_000, 2 << 30, Code::DailyLimit),
    ];
    for (with, most_files, most_bytes, code) in limits {
        assert_eq!(refused(with(files(most_files - 1)), 1), None, "{code:?}");
        assert_eq!(refused(with(files(most_files)), 1), Some(code));
        let size = 100_000;
        assert_eq!(refused(with(bytes(most_bytes - size)), size), None, "{code:?}");
        assert_eq!(refused(with(bytes(most_bytes - size)), size + 1), Some(code));
        // The smallest file counts as 64 KiB.
        assert_eq!(refused(with(bytes(most_bytes - (64 << 10))), 1), None, "{code:?}");
        assert_eq!(refused(with(bytes(most_bytes - (64 << 10) + 1)), 1), Some(code));
    }
    assert_eq!(size_of_file(MAX_FILE).ok(), Some(50 << 20));
    assert_eq!(size_of_file(MAX_FILE + 1).err().map(|error| error.code()), Some(Code::FileTooLarge));
}
