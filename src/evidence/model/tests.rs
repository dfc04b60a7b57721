use super::*;

const NOTHING: Usage = Usage { files_of_visit: 0, bytes_of_visit: 0, bytes_of_day: 0 };

fn refused(usage: Usage, size: i64) -> Option<Code> {
    usage.has_room_for(size).err().map(|error| error.code())
}

#[test]
fn the_limits_are_where_they_are_said_to_be() {
    assert_eq!(refused(NOTHING, 1), None);
    let files = |files_of_visit| Usage { files_of_visit, ..NOTHING };
    assert_eq!(refused(files(199), 1), None);
    assert_eq!(refused(files(200), 1), Some(Code::VisitFull));
    let bytes = |bytes_of_visit| Usage { bytes_of_visit, ..NOTHING };
    assert_eq!(refused(bytes(MAX_BYTES_OF_VISIT - 10), 10), None);
    assert_eq!(refused(bytes(MAX_BYTES_OF_VISIT - 10), 11), Some(Code::VisitFull));
    let day = |bytes_of_day| Usage { bytes_of_day, ..NOTHING };
    assert_eq!(refused(day(MAX_BYTES_OF_DAY - 10), 10), None);
    assert_eq!(refused(day(MAX_BYTES_OF_DAY - 10), 11), Some(Code::DailyLimit));
    assert_eq!(size_of_file(MAX_FILE).ok(), Some(50 << 20));
    assert_eq!(size_of_file(MAX_FILE + 1).err().map(|error| error.code()), Some(Code::FileTooLarge));
}
