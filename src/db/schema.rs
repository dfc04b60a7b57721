//! The tables as diesel knows them; `migrations/` makes them.

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    brand (id) {
        id -> SqlId,
        name -> Text,
        language -> Text,
        minimum_visits -> Integer,
        revision -> BigInt,
        created_at -> SqlInstant,
        fallback_languages -> SqlJson,
        sealed -> BigInt,
        branch_defaults -> SqlJson,
        recognition -> SqlJson,
        maximum_margin -> Nullable<Integer>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    region (id) {
        id -> SqlId,
        brand_id -> SqlId,
        parent_id -> Nullable<SqlId>,
        name -> Text,
        revision -> BigInt,
        created_at -> SqlInstant,
        sealed -> BigInt,
        branch_defaults -> SqlJson,
        retired_at -> Nullable<SqlInstant>,
        retired_with -> Nullable<SqlId>,
        moves_from -> Nullable<Integer>,
        moves_to -> Nullable<SqlId>,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer};
    use crate::db::types::SqlId;

    region_above (region_id, ancestor_id) {
        region_id -> SqlId,
        ancestor_id -> SqlId,
        height -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Double, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    branch (id) {
        id -> SqlId,
        brand_id -> SqlId,
        region_id -> Nullable<SqlId>,
        code -> Text,
        name -> Text,
        address -> Text,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        time_zone -> Text,
        languages -> SqlJson,
        revision -> BigInt,
        created_at -> SqlInstant,
        sealed -> BigInt,
        retired_at -> Nullable<SqlInstant>,
        retired_with -> Nullable<SqlId>,
        moves_from -> Nullable<Integer>,
        moves_to -> Nullable<SqlId>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    place_step (id) {
        id -> SqlId,
        brand_id -> SqlId,
        place_kind -> Text,
        place_id -> SqlId,
        number -> Integer,
        step -> Text,
        from_month -> Nullable<Integer>,
        from_region -> Nullable<SqlId>,
        to_region -> Nullable<SqlId>,
        retired_at -> Nullable<SqlInstant>,
        with_region -> Nullable<SqlId>,
        reason -> Text,
        account_id -> SqlId,
        taken_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::Integer;
    use crate::db::types::SqlId;

    stay (branch_id, region_id, from_month) {
        branch_id -> SqlId,
        region_id -> SqlId,
        from_month -> Integer,
        to_month -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    employee (id) {
        id -> SqlId,
        brand_id -> SqlId,
        branch_id -> SqlId,
        code -> Text,
        name -> Text,
        email -> Nullable<Text>,
        email_key -> Nullable<Text>,
        name_key -> Text,
        active -> Bool,
        revision -> BigInt,
        created_at -> SqlInstant,
        account_id -> Nullable<SqlId>,
        salt -> Nullable<Binary>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    shopper (account_id) {
        account_id -> SqlId,
        profile -> SqlJson,
        revision -> BigInt,
        created_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::db::types::SqlId;

    shopper_language (account_id, language) {
        account_id -> SqlId,
        language -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable};
    use crate::db::types::{SqlId, SqlInstant};

    declared_tie (account_id, number) {
        account_id -> SqlId,
        number -> Integer,
        brand_id -> Nullable<SqlId>,
        branch_id -> Nullable<SqlId>,
        declared_at -> SqlInstant,
        withdrawn_at -> Nullable<SqlInstant>,
        sealed -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    namesake (shopper_id, employee_id) {
        shopper_id -> SqlId,
        employee_id -> SqlId,
        same_person -> Bool,
        reason -> Text,
        settled_by -> SqlId,
        revision -> BigInt,
        created_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Text};
    use crate::db::types::{SqlId, SqlInstant};

    server_key (id) {
        id -> SqlId,
        purpose -> Text,
        material -> Binary,
        created_at -> SqlInstant,
        under_secret -> Bool,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    account (id) {
        id -> SqlId,
        email -> Text,
        name -> Text,
        language -> Text,
        password_hash -> Nullable<Text>,
        disabled -> Bool,
        revision -> BigInt,
        created_at -> SqlInstant,
        epoch -> BigInt,
        grants_version -> BigInt,
        salt -> Nullable<Binary>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    api_key (id) {
        id -> SqlId,
        account_id -> SqlId,
        name -> Text,
        role -> Text,
        brand_id -> Nullable<SqlId>,
        region_id -> Nullable<SqlId>,
        branch_id -> Nullable<SqlId>,
        hash -> Binary,
        expires_at -> SqlInstant,
        used_at -> Nullable<SqlInstant>,
        revoked_at -> Nullable<SqlInstant>,
        revision -> BigInt,
        created_at -> SqlInstant,
        sealed -> BigInt,
        salt -> Nullable<Binary>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    chart_link (id) {
        id -> SqlId,
        account_id -> SqlId,
        epoch -> BigInt,
        brand_id -> SqlId,
        place_kind -> Text,
        place_id -> SqlId,
        figure -> Text,
        query -> Text,
        language -> Text,
        expires_at -> SqlInstant,
        revoked_at -> Nullable<SqlInstant>,
        revision -> BigInt,
        created_at -> SqlInstant,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    access_grant (id) {
        id -> SqlId,
        account_id -> SqlId,
        role -> Text,
        brand_id -> Nullable<SqlId>,
        region_id -> Nullable<SqlId>,
        branch_id -> Nullable<SqlId>,
        created_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    former_grant (id, ended_at) {
        id -> SqlId,
        account_id -> SqlId,
        role -> Text,
        brand_id -> Nullable<SqlId>,
        region_id -> Nullable<SqlId>,
        branch_id -> Nullable<SqlId>,
        ended_at -> SqlInstant,
        granted_at -> Nullable<SqlInstant>,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    session (id) {
        id -> SqlId,
        account_id -> SqlId,
        device -> Text,
        created_at -> SqlInstant,
        seen_at -> SqlInstant,
        expires_at -> SqlInstant,
        revoked_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::{Nullable};
    use crate::db::types::{SqlId, SqlInstant};

    refresh_token (id) {
        id -> SqlId,
        session_id -> SqlId,
        parent_id -> Nullable<SqlId>,
        issued_at -> SqlInstant,
        retired_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    checklist (id) {
        id -> SqlId,
        brand_id -> SqlId,
        name -> Text,
        draft -> Nullable<SqlJson>,
        revision -> BigInt,
        created_at -> SqlInstant,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    checklist_version (id) {
        id -> SqlId,
        checklist_id -> SqlId,
        brand_id -> SqlId,
        number -> Integer,
        content -> SqlJson,
        content_hash -> Binary,
        published_by -> SqlId,
        published_at -> SqlInstant,
        bindings -> SqlJson,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    dimension (id) {
        id -> SqlId,
        brand_id -> SqlId,
        key -> Text,
        name -> SqlJson,
        side -> Text,
        servqual -> Text,
        track -> Text,
        revision -> BigInt,
        created_at -> SqlInstant,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Integer, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    standard (id) {
        id -> SqlId,
        brand_id -> SqlId,
        key -> Text,
        dimension_id -> SqlId,
        version -> Integer,
        text -> SqlJson,
        retired -> Bool,
        created_at -> SqlInstant,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Integer};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    standard_version (standard_id, version) {
        standard_id -> SqlId,
        version -> Integer,
        dimension_id -> SqlId,
        text -> SqlJson,
        retired -> Bool,
        made_by -> SqlId,
        made_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool};
    use crate::db::types::{SqlId, SqlInstant};

    notice_document (id) {
        id -> SqlId,
        brand_id -> SqlId,
        bytes -> Binary,
        sha256 -> Binary,
        created_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    notice (id) {
        id -> SqlId,
        brand_id -> SqlId,
        follows_id -> Nullable<SqlId>,
        content -> SqlJson,
        created_by -> SqlId,
        created_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Text};
    use crate::db::types::{SqlId, SqlInstant};

    picture (id) {
        id -> SqlId,
        brand_id -> SqlId,
        media_type -> Text,
        bytes -> Binary,
        sha256 -> Binary,
        created_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    campaign (id) {
        id -> SqlId,
        brand_id -> SqlId,
        version_id -> SqlId,
        name -> Text,
        terms -> SqlJson,
        revision -> BigInt,
        created_at -> SqlInstant,
        state -> Text,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    assignment (id) {
        id -> SqlId,
        brand_id -> SqlId,
        branch_id -> SqlId,
        version_id -> SqlId,
        opens_at -> SqlInstant,
        closes_at -> SqlInstant,
        revision -> BigInt,
        created_at -> SqlInstant,
        shopper_id -> Nullable<SqlId>,
        campaign_id -> Nullable<SqlId>,
        number -> Nullable<Integer>,
        attempt -> Integer,
        state -> Text,
        answer_by -> Nullable<SqlInstant>,
        submit_by -> Nullable<SqlInstant>,
        due_at -> Nullable<SqlInstant>,
        pay -> Nullable<SqlJson>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    assignment_step (assignment_id, number) {
        assignment_id -> SqlId,
        number -> Integer,
        from_state -> Text,
        to_state -> Text,
        shopper_id -> Nullable<SqlId>,
        account_id -> Nullable<SqlId>,
        reason -> Nullable<Text>,
        taken_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    evidence (id) {
        id -> SqlId,
        visit_id -> SqlId,
        shopper_id -> SqlId,
        media_type -> Text,
        size -> BigInt,
        sha256 -> Binary,
        state -> Text,
        created_at -> SqlInstant,
        kept_at -> Nullable<SqlInstant>,
        expires_at -> SqlInstant,
        assignment_id -> Nullable<SqlId>,
        visit_came -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::db::types::SqlInstant;

    leaving_blob (sha256) {
        sha256 -> Binary,
        left_at -> SqlInstant,
        deleted_at -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Bool, Double, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    clean_copy (evidence_id) {
        evidence_id -> SqlId,
        media_type -> Nullable<Text>,
        sha256 -> Nullable<Binary>,
        size -> Nullable<BigInt>,
        thumbnail_sha256 -> Nullable<Binary>,
        width -> Nullable<Integer>,
        height -> Nullable<Integer>,
        seconds -> Nullable<Integer>,
        taken_at -> Nullable<Text>,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        camera -> Nullable<Text>,
        look -> Nullable<BigInt>,
        problem -> Nullable<Text>,
        made_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    visit (id) {
        id -> SqlId,
        assignment_id -> SqlId,
        brand_id -> SqlId,
        branch_id -> SqlId,
        version_id -> SqlId,
        shopper_id -> SqlId,
        state -> Text,
        content_hash -> Binary,
        score -> Nullable<Integer>,
        month -> Integer,
        received_at -> SqlInstant,
        completed_at -> Nullable<SqlInstant>,
        noticed_at -> Nullable<SqlInstant>,
        files_due_at -> Nullable<SqlInstant>,
        anew_at -> Nullable<SqlInstant>,
        made_at -> Nullable<SqlInstant>,
        sealed -> Integer,
        wanted_again -> Bool,
        revision -> Integer,
        revised_at -> Nullable<SqlInstant>,
        answer_by -> Nullable<SqlInstant>,
        shown_before -> Bool,
        review_due_at -> Nullable<SqlInstant>,
        review_rank -> Integer,
        language -> Nullable<Text>,
        claimed_by -> Nullable<SqlId>,
        claimed_at -> Nullable<SqlInstant>,
        to_be_drawn -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::Nullable;
    use crate::db::types::{SqlId, SqlJsonText};

    visit_content (visit_id) {
        visit_id -> SqlId,
        content -> SqlJsonText,
        parts -> Nullable<SqlJsonText>,
    }
}

diesel::joinable!(visit_content -> visit (visit_id));

diesel::table! {
    use crate::db::types::SqlId;

    visit_without (visit_id, evidence_id) {
        visit_id -> SqlId,
        evidence_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    visit_before (visit_id, replaced_at) {
        visit_id -> SqlId,
        content_hash -> Binary,
        content -> SqlJson,
        replaced_at -> SqlInstant,
        parts -> Nullable<SqlJson>,
        score -> Nullable<Integer>,
        sealed -> Bool,
        shown_until -> Nullable<SqlInstant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    appeal (id) {
        id -> SqlId,
        report_id -> SqlId,
        visit_id -> SqlId,
        brand_id -> SqlId,
        branch_id -> SqlId,
        account_id -> SqlId,
        objections -> SqlJson,
        state -> Text,
        waits_for -> Text,
        answer_by -> SqlInstant,
        approved_by -> Nullable<SqlId>,
        decided_by -> Nullable<SqlId>,
        decided_at -> Nullable<SqlInstant>,
        reason -> Nullable<Text>,
        corrected -> Nullable<SqlJson>,
        shown_from -> Nullable<SqlInstant>,
        taken_back_by -> Nullable<SqlId>,
        taken_back_at -> Nullable<SqlInstant>,
        revision -> BigInt,
        created_at -> SqlInstant,
        salt -> Nullable<diesel::sql_types::Binary>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    appeal_message (id) {
        id -> SqlId,
        appeal_id -> SqlId,
        account_id -> SqlId,
        side -> Text,
        text -> Nullable<Text>,
        created_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Text};
    use crate::db::types::{SqlId, SqlInstant};

    appeal_file (id) {
        id -> SqlId,
        appeal_id -> SqlId,
        account_id -> SqlId,
        media_type -> Text,
        sha256 -> Binary,
        bytes -> Binary,
        created_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    inquiry (id) {
        id -> SqlId,
        appeal_id -> SqlId,
        visit_id -> SqlId,
        shopper_id -> SqlId,
        account_id -> SqlId,
        questions -> SqlJson,
        text -> Nullable<Text>,
        answer_by -> SqlInstant,
        answer -> Nullable<Text>,
        answered_at -> Nullable<SqlInstant>,
        revision -> BigInt,
        created_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    visit_step (visit_id, number) {
        visit_id -> SqlId,
        number -> Integer,
        from_state -> Text,
        to_state -> Text,
        account_id -> Nullable<SqlId>,
        reason -> Nullable<Text>,
        taken_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> Bool,
        step -> Nullable<Text>,
        details -> Nullable<SqlJson>,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Double, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    trust_look (visit_id, number) {
        visit_id -> SqlId,
        number -> Integer,
        revision -> Integer,
        shopper_id -> SqlId,
        started_at -> SqlInstant,
        ended_at -> SqlInstant,
        latitude -> Nullable<Double>,
        longitude -> Nullable<Double>,
        accuracy_m -> Nullable<Integer>,
        flags -> Integer,
        weight -> Nullable<Text>,
        looked_at -> Nullable<SqlInstant>,
        salt -> Nullable<Binary>,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlJson};

    trust_flag (visit_id, look, number) {
        visit_id -> SqlId,
        look -> Integer,
        number -> Integer,
        kind -> Text,
        weight -> Text,
        evidence -> SqlJson,
        question -> Nullable<Text>,
        other_visit_id -> Nullable<SqlId>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    review_note (id) {
        id -> SqlId,
        visit_id -> SqlId,
        brand_id -> SqlId,
        author_id -> SqlId,
        text -> Text,
        revision -> BigInt,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    second_opinion (visit_id) {
        visit_id -> SqlId,
        brand_id -> SqlId,
        first_state -> Text,
        first_reviewer_id -> Nullable<SqlId>,
        reviewer_id -> Nullable<SqlId>,
        state -> Nullable<Text>,
        reason -> Nullable<Text>,
        given_at -> Nullable<SqlInstant>,
        revision -> BigInt,
        created_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::db::types::SqlId;

    waiting_flag (kind, visit_id) {
        kind -> Text,
        visit_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::Integer;
    use crate::db::types::{SqlId, SqlInstant};

    shopper_rating (account_id) {
        account_id -> SqlId,
        rating -> Integer,
        rated_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::Integer;
    use crate::db::types::SqlId;

    photo_look (evidence_id) {
        evidence_id -> SqlId,
        a -> Integer,
        b -> Integer,
        c -> Integer,
        d -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::db::types::SqlId;

    visit_text_band (hash, visit_id) {
        hash -> BigInt,
        visit_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::{Integer, Text};
    use crate::db::types::SqlId;

    subject (brand_id, number) {
        brand_id -> SqlId,
        number -> Integer,
        name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Text};
    use crate::db::types::SqlId;

    figure (place_id, reader, month) {
        place_id -> SqlId,
        reader -> Text,
        month -> Integer,
        brand_id -> SqlId,
        place_kind -> Text,
        visits -> BigInt,
        total -> BigInt,
        total_squares -> BigInt,
        parts -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Text};
    use crate::db::types::SqlId;

    figure_change (id) {
        id -> SqlId,
        reader -> Text,
        month -> Integer,
        brand_id -> SqlId,
        branch_id -> SqlId,
        visits -> BigInt,
        total -> BigInt,
        total_squares -> BigInt,
        parts -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
    use crate::db::types::SqlId;

    shown_figure (place_id, from_month, to_month) {
        place_id -> SqlId,
        from_month -> Integer,
        to_month -> Integer,
        brand_id -> SqlId,
        place_kind -> Text,
        known -> BigInt,
        visits -> BigInt,
        total -> BigInt,
        total_squares -> BigInt,
        changes -> Nullable<BigInt>,
        parts -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Nullable};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    brand_statistics (id) {
        id -> SqlId,
        brand_id -> SqlId,
        number -> BigInt,
        terms -> SqlJson,
        made_at -> SqlInstant,
        sealed -> Bool,
        counts -> Nullable<SqlJson>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    leniency (id) {
        id -> SqlId,
        brand_id -> SqlId,
        number -> BigInt,
        found -> SqlJson,
        made_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    task (id) {
        id -> SqlId,
        kind -> Text,
        queue -> Text,
        priority -> Integer,
        subject -> Nullable<Text>,
        place -> BigInt,
        key -> Nullable<Text>,
        payload -> SqlJson,
        run_at -> SqlInstant,
        lease -> Nullable<SqlId>,
        leased_until -> Nullable<SqlInstant>,
        attempts -> Integer,
        last_error -> Nullable<Text>,
        dead -> Bool,
        created_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    event (id) {
        id -> SqlId,
        kind -> Text,
        subject -> Text,
        brand_id -> Nullable<SqlId>,
        account_id -> Nullable<SqlId>,
        at -> SqlInstant,
        payload -> SqlJson,
        sealed -> Bool,
    }
}

diesel::table! {
    use crate::db::types::SqlId;
    use diesel::sql_types::BigInt;

    last_write (account_id) {
        account_id -> SqlId,
        position -> BigInt,
    }
}

diesel::table! {
    use crate::db::types::{SqlId, SqlInstant};

    event_tail (at, event_id) {
        at -> SqlInstant,
        event_id -> SqlId,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    qualification (id) {
        id -> SqlId,
        brand_id -> SqlId,
        name -> Text,
        version_id -> Nullable<SqlId>,
        pass_mark -> Nullable<Integer>,
        valid_days -> Nullable<Integer>,
        most_attempts -> Integer,
        revision -> BigInt,
        created_at -> SqlInstant,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    certificate (id) {
        id -> SqlId,
        qualification_id -> SqlId,
        shopper_id -> SqlId,
        source -> Text,
        granted_by -> Nullable<SqlId>,
        note -> Nullable<Text>,
        valid_from -> SqlInstant,
        expires_at -> Nullable<SqlInstant>,
        revoked_at -> Nullable<SqlInstant>,
        revision -> BigInt,
        created_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    qualification_attempt (id) {
        id -> SqlId,
        qualification_id -> SqlId,
        shopper_id -> SqlId,
        version_id -> SqlId,
        answers -> SqlJson,
        score -> Nullable<Integer>,
        passed -> Bool,
        certificate_id -> Nullable<SqlId>,
        taken_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Text};
    use crate::db::types::{SqlId, SqlInstant};

    ledger_batch (brand_id, number) {
        brand_id -> SqlId,
        number -> BigInt,
        sealed_at -> SqlInstant,
        entries -> Binary,
        seal -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Bool};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    return_reason (id) {
        id -> SqlId,
        texts -> SqlJson,
        retired -> Bool,
        revision -> BigInt,
        created_at -> SqlInstant,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Bool, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    audit (id) {
        id -> SqlId,
        at -> SqlInstant,
        kind -> Text,
        about -> Text,
        subject_id -> Nullable<SqlId>,
        brand_id -> Nullable<SqlId>,
        account_id -> Nullable<SqlId>,
        details -> SqlJson,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Integer, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    visit_comment_correction (visit_id, number) {
        visit_id -> SqlId,
        number -> Integer,
        question -> Text,
        words -> Nullable<SqlJson>,
        account_id -> SqlId,
        corrected_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    action (id) {
        id -> SqlId,
        brand_id -> SqlId,
        branch_id -> SqlId,
        standard_id -> Nullable<SqlId>,
        title -> Text,
        owner_account_id -> Nullable<SqlId>,
        owner_employee_id -> Nullable<SqlId>,
        due_on -> Text,
        state -> Text,
        proof -> Nullable<Text>,
        done_by -> Nullable<SqlId>,
        created_by -> SqlId,
        revision -> BigInt,
        created_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Bool, Nullable, Text};
    use crate::db::types::{SqlId, SqlInstant};

    action_comment (id) {
        id -> SqlId,
        action_id -> SqlId,
        account_id -> SqlId,
        text -> Nullable<Text>,
        made_at -> SqlInstant,
        salt -> Nullable<Binary>,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    report (id) {
        id -> SqlId,
        visit_id -> SqlId,
        brand_id -> SqlId,
        region_id -> Nullable<SqlId>,
        branch_id -> SqlId,
        campaign_id -> Nullable<SqlId>,
        month -> Integer,
        first_day -> Text,
        last_day -> Text,
        released_on -> Text,
        shows -> SqlJson,
        created_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{SqlId, SqlInstant};

    report_file (id) {
        id -> SqlId,
        report_id -> SqlId,
        brand_id -> SqlId,
        evidence_id -> SqlId,
        question -> Text,
        sha256 -> Binary,
        size -> BigInt,
        created_at -> SqlInstant,
        sealed -> Bool,
        media_type -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{SqlId, SqlInstant};

    report_comment (id) {
        id -> SqlId,
        report_id -> SqlId,
        brand_id -> SqlId,
        account_id -> SqlId,
        text -> Text,
        salt -> Nullable<Binary>,
        created_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    blur (evidence_id) {
        evidence_id -> SqlId,
        visit_id -> SqlId,
        areas -> SqlJson,
        set_by -> SqlId,
        set_at -> SqlInstant,
    }
}

diesel::table! {
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    cut (evidence_id) {
        evidence_id -> SqlId,
        visit_id -> SqlId,
        stretches -> SqlJson,
        set_by -> SqlId,
        set_at -> SqlInstant,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    alert_rule (id) {
        id -> SqlId,
        rule_id -> SqlId,
        revision -> BigInt,
        brand_id -> SqlId,
        place_kind -> Text,
        place_id -> SqlId,
        reader -> Text,
        content -> SqlJson,
        is_deleted -> Bool,
        changed_by -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    alert (id) {
        id -> SqlId,
        alert_id -> SqlId,
        revision -> BigInt,
        rule_id -> SqlId,
        rule_revision -> BigInt,
        brand_id -> SqlId,
        place_kind -> Text,
        place_id -> SqlId,
        reader -> Text,
        from_month -> Integer,
        to_month -> Integer,
        found -> SqlJson,
        raised_at -> SqlInstant,
        closed_at -> Nullable<SqlInstant>,
        closed_because -> Nullable<Text>,
        acknowledged_at -> Nullable<SqlInstant>,
        acknowledged_by -> Nullable<SqlId>,
        changed_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    digest (id) {
        id -> SqlId,
        digest_id -> SqlId,
        revision -> BigInt,
        brand_id -> SqlId,
        place_kind -> Text,
        place_id -> SqlId,
        account_id -> SqlId,
        content -> SqlJson,
        is_deleted -> Bool,
        changed_by -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    digest_issue (id) {
        id -> SqlId,
        digest_id -> SqlId,
        brand_id -> SqlId,
        account_id -> SqlId,
        reader -> Nullable<Text>,
        due_at -> SqlInstant,
        issued_at -> SqlInstant,
        content -> Nullable<SqlJson>,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{SqlId, SqlInstant};

    target (id) {
        id -> SqlId,
        target_id -> SqlId,
        revision -> BigInt,
        brand_id -> SqlId,
        place_kind -> Text,
        place_id -> SqlId,
        subject -> Text,
        from_month -> Integer,
        to_month -> Nullable<Integer>,
        score -> Integer,
        is_deleted -> Bool,
        changed_by -> SqlId,
        created_at -> SqlInstant,
        changed_at -> SqlInstant,
        sealed -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::{SqlId, SqlInstant, SqlJson};

    export (id) {
        id -> SqlId,
        account_id -> SqlId,
        asked -> SqlJson,
        state -> Text,
        progress -> SqlJson,
        created_at -> SqlInstant,
        ended_at -> Nullable<SqlInstant>,
        expires_at -> SqlInstant,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    brand,
    region,
    region_above,
    place_step,
    stay,
    branch,
    employee,
    shopper,
    shopper_language,
    declared_tie,
    namesake,
    server_key,
    account,
    access_grant,
    api_key,
    chart_link,
    former_grant,
    session,
    refresh_token,
    checklist,
    checklist_version,
    dimension,
    standard,
    standard_version,
    notice,
    notice_document,
    picture,
    campaign,
    assignment,
    assignment_step,
    qualification,
    certificate,
    qualification_attempt,
    evidence,
    clean_copy,
    leaving_blob,
    visit,
    visit_content,
    visit_step,
    visit_without,
    visit_before,
    appeal,
    appeal_message,
    appeal_file,
    inquiry,
    return_reason,
    trust_look,
    trust_flag,
    waiting_flag,
    review_note,
    second_opinion,
    shopper_rating,
    photo_look,
    visit_text_band,
    subject,
    figure,
    figure_change,
    shown_figure,
    brand_statistics,
    leniency,
    report,
    report_file,
    report_comment,
    blur,
    cut,
    task,
    event,
    event_tail,
    last_write,
    ledger_batch,
    action,
    action_comment,
    audit,
    visit_comment_correction,
    target,
    alert_rule,
    alert,
    digest,
    digest_issue,
    export,
);

// What visits that are wanted are counted by.
diesel::allow_columns_to_appear_in_same_group_by_clause!(
    branch::region_id,
    branch::retired_at,
    assignment::state,
    visit::state
);
