-- Grain: one question of an ordinary person to an office: an inquiry at a message board, a comment
-- under an official post, or a post that calls upon an account by name. With its answer, or how long
-- it was watched in vain.
--
-- What the board says of its state counts: a question is answered when its state says so, or,
-- where the board prints no state, when it has an answer. An answer without a usable time is
-- undated: the question was waiting when it was last seen unanswered, and no more is known.
-- A file's modification time says little of when its collector looked, so that watching then ends
-- with the last thing the file tells.
--
-- A time told by the hour or day is an interval: the question then counts from its first instant, the answer at
-- its last, so that no wait is told shorter than it was; but an answer is not later than the look that found it.
-- An id that is asked again at a later time is one question, of the time of asking that was seen last: an answer
-- to what was asked before is none to it. Of looks that agree in a time, the one that tells it most precisely
-- counts.
--
-- Boards number their inquiries alike, so that an id counts within its board, which is its source. The
-- same id asked at the same instant of the same region in several sources is one inquiry: the board's
-- source was renamed, or two collectors read it. The source that saw it first names it. Where the asking is told
-- by the hour or day, numbers alike are nothing rare: addressee and channel must agree too, and something be told
-- of the three. A board is a channel of its own, by the name of its source where it prints none.
--
-- Questions to people (officers, and others under a pseudonym) are here where five or more of them were
-- asked in one month and region by one channel, the finest cell that is told; all others are left out
-- of parts and sums alike, so that no difference of two sums tells of fewer.
--
-- What a board says is looked at again and again. What one version was seen first and last is enough to
-- know what stood there last and until when a question waited, so that the windows go by versions: there
-- are as many of these as changes, and as many looks as nights.
--
-- Rows of older versions do not say how precise a time is: another row that tells the same instant may.
-- The names of precisions sort from the coarsest to the finest.
with file_ends as (
    select
        file_sha256,
        max(greatest(asked_at, coalesce(answered_at, asked_at))) as told_until_at
    from {{ source('core', 'inquiries') }}
    where asked_at is not null
    group by file_sha256
),

inquiry_looks as (
    select
        coalesce(looks.platform, 'web') as known_platform,
        looks.source_name,
        looks.inquiry_id,
        looks.asked_at,
        looks.answered_at,
        looks.asked_at_precision,
        looks.answered_at_precision,
        coalesce(
            looks.status, case when looks.answered_at is not null then 'answered' else 'unknown' end
        ) as known_status,
        looks.region_text,
        looks.region_code,
        looks.addressee_text,
        looks.channel,
        looks.observed_at,
        case
            when not {{ is_look_dated('looks.observed_at_source') }}
                then least(looks.observed_at, file_ends.told_until_at)
            else looks.observed_at
        end as looked_at
    from {{ source('core', 'inquiries') }} as looks
    left join file_ends on looks.file_sha256 = file_ends.file_sha256
    where looks.asked_at is not null
),

inquiry_versions as (
    select
        known_platform,
        source_name,
        inquiry_id,
        asked_at,
        answered_at,
        asked_at_precision,
        answered_at_precision,
        known_status,
        region_text,
        region_code,
        addressee_text,
        channel,
        min(observed_at) as observed_at,
        min(case when observed_at > greatest(asked_at, answered_at) then observed_at end) as found_at,
        max(looked_at) as looked_at
    from inquiry_looks
    group by
        known_platform, source_name, inquiry_id, asked_at, answered_at, asked_at_precision,
        answered_at_precision, known_status, region_text, region_code, addressee_text, channel
),

precise_inquiries as (
    select
        *,
        coalesce(
            asked_at_precision,
            max(asked_at_precision) over (
                partition by known_platform, source_name, inquiry_id, asked_at
            )
        ) as known_asked_precision,
        coalesce(
            answered_at_precision,
            max(answered_at_precision) over (
                partition by known_platform, source_name, inquiry_id, answered_at
            )
        ) as known_answered_precision
    from inquiry_versions
),

inquiries as (
    select
        told.*,
        {{ earliest_instant('told.asked_at', 'told.known_asked_precision') }} as asked_lo_at,
        {{ latest_instant('told.asked_at', 'told.known_asked_precision', 'sources.timezone') }} as asked_hi_at,
        {{ seen_by(
            latest_instant('told.answered_at', 'told.known_answered_precision', 'sources.timezone'),
            'told.found_at', 'greatest(told.asked_at, told.answered_at)'
        ) }} as answered_hi_at,
        first_value(told.source_name) over same_asking as asking_source_name,
        first_value(told.observed_at) over same_asking as asking_seen_at
    from precise_inquiries as told
    left join {{ ref('stg_meta__sources') }} as sources on told.source_name = sources.source_name
    window same_asking as (
        partition by
            told.known_platform,
            told.inquiry_id,
            told.asked_at,
            coalesce(told.region_code, told.region_text, ''),
            case
                when told.known_asked_precision not in ('hour', 'day') or told.known_asked_precision is null then ''
                else coalesce(
                    told.addressee_text || chr(31) || told.channel,
                    told.addressee_text || chr(31),
                    chr(31) || told.channel,
                    case when coalesce(told.region_code, told.region_text) is null then told.source_name end,
                    ''
                )
            end
        order by told.observed_at nulls last, told.source_name nulls last
    )
),

-- All versions of a source go with the one that another source saw first.
inquiries_of_boards as (
    select
        *,
        first_value(asking_source_name) over (
            partition by known_platform, source_name, inquiry_id
            order by asking_seen_at nulls last, asking_source_name nulls last
        ) as board_name
    from inquiries
),

-- The time of asking that was seen last.
versions as (
    select
        *,
        first_value(asked_lo_at) over latest_first as last_asked_lo_at,
        first_value(asked_hi_at) over latest_first as last_asked_hi_at,
        row_number() over latest_first as version_order
    from inquiries_of_boards
    window latest_first as (
        partition by known_platform, board_name, inquiry_id
        order by
            looked_at desc nulls last,
            case when known_status = 'answered' then 0 else 1 end,
            answered_at nulls last,
            asked_at,
            addressee_text nulls last,
            region_text nulls last,
            region_code nulls last,
            channel nulls last,
            source_name nulls last,
            asked_at_precision nulls last,
            answered_at_precision nulls last
    )
),

-- Of what agrees with it, the most precise.
askings as (
    select
        *,
        first_value(asked_lo_at) over (
            partition by known_platform, board_name, inquiry_id
            order by
                case
                    when asked_lo_at >= last_asked_lo_at and asked_hi_at <= last_asked_hi_at then 0
                    else 1
                end,
                {{ precision_rank('known_asked_precision') }},
                version_order
        ) as asked_last_at
    from versions
),

inquiries_over_time as (
    select
        *,
        max(looked_at) over (partition by known_platform, board_name, inquiry_id) as last_seen_at,
        max(case when known_status <> 'answered' then looked_at end) over (
            partition by known_platform, board_name, inquiry_id
        ) as unanswered_until_at,
        min(case
            when known_status = 'answered' and answered_hi_at >= asked_last_at then answered_hi_at
        end) over (partition by known_platform, board_name, inquiry_id) as first_answered_at
    from askings
),

-- Of questions whose board calls them answered and tells no usable time: the first look that found them
-- so, after the last one that did not.
found_answered as (
    select
        undated.known_platform,
        undated.board_name,
        undated.inquiry_id,
        min(looks.looked_at) as answer_seen_at
    from (
        select distinct
            known_platform,
            source_name,
            inquiry_id,
            board_name,
            greatest(asked_last_at, coalesce(unanswered_until_at, asked_last_at)) as unanswered_at
        from inquiries_over_time
        where first_answered_at is null
    ) as undated
    inner join inquiry_looks as looks
        on
            undated.known_platform = looks.known_platform
            and undated.source_name = looks.source_name
            and undated.inquiry_id = looks.inquiry_id
            and undated.unanswered_at <= looks.looked_at
    where looks.known_status = 'answered'
    group by undated.known_platform, undated.board_name, undated.inquiry_id
),

chosen_inquiries as (
    select
        'inquiry:' || {{ short_hash("chosen.known_platform || chr(31) || chosen.board_name || chr(31) || chosen.inquiry_id") }} as event_id,
        chosen.known_platform as platform,
        'inquiry:' || {{ short_hash("chosen.known_platform || chr(31) || chosen.board_name || chr(31) || chosen.inquiry_id") }} as question_id,
        {{ told_name('coalesce(chosen.channel, chosen.board_name)', ['all', 'comment', 'mention']) }} as channel,
        {{ told_name("coalesce(chosen.addressee_text, 'unknown')", ['all', 'officers']) }} as addressee,
        coalesce(
            chosen.region_code,
            {{ region_named('chosen.region_text') }},
            {{ region_named('chosen.addressee_text') }}
        ) as region_code,
        chosen.asked_last_at as asked_at,
        chosen.known_status as question_status,
        case when chosen.known_status = 'answered' then chosen.first_answered_at end as answered_at,
        case when chosen.known_status = 'answered' then found_answered.answer_seen_at end as answer_seen_at,
        greatest(
            chosen.asked_last_at,
            case
                when chosen.known_status <> 'answered' then chosen.last_seen_at
                else coalesce(chosen.unanswered_until_at, chosen.asked_last_at)
            end
        ) as watched_until_at,
        chosen.last_seen_at,
        false as is_to_person,
        cast(null as {{ dbt.type_string() }}) as answered_by,
        cast(null as {{ dbt.type_string() }}) as answer_hash,
        chosen.board_name as source_name
    from inquiries_over_time as chosen
    left join found_answered
        on
            chosen.known_platform = found_answered.known_platform
            and chosen.board_name = found_answered.board_name
            and chosen.inquiry_id = found_answered.inquiry_id
    where chosen.version_order = 1
),

-- A collector that gives no time of looking has seen at least the latest comment it brings.
comment_looks as (
    select
        *,
        coalesce(
            commented_at_precision,
            max(commented_at_precision) over (partition by platform, comment_id, commented_at)
        ) as known_precision,
        min(case when observed_at > commented_at then observed_at end) over (
            partition by platform, comment_id
        ) as found_at,
        max(
            case
                when not {{ is_look_dated('observed_at_source') }} then commented_at
                else observed_at
            end
        ) over (partition by platform, post_id) as last_seen_at
    from {{ source('core', 'comments') }}
    where commented_at is not null
),

-- As of a post, the most precise time counts, then the one seen latest.
comments as (
    select
        looks.*,
        {{ earliest_instant('looks.commented_at', 'looks.known_precision') }} as commented_lo_at,
        {{ latest_instant('looks.commented_at', 'looks.known_precision', 'sources.timezone') }} as commented_hi_at,
        row_number() over (
            partition by looks.platform, looks.comment_id
            order by
                {{ precision_rank('looks.known_precision') }},
                looks.observed_at desc nulls last,
                looks.commented_at nulls last,
                looks.file_sha256 nulls last,
                looks.record_number nulls last
        ) as version_order
    from comment_looks as looks
    left join {{ ref('stg_meta__sources') }} as sources on looks.source_name = sources.source_name
),

replies as (
    select
        replies.platform,
        replies.reply_to_comment_id,
        replies.comment_id,
        asked.commented_lo_at as asked_at,
        {{ seen_by(
            'replies.commented_hi_at', 'replies.found_at',
            'greatest(replies.commented_lo_at, asked.commented_lo_at)'
        ) }} as answered_at,
        replies.account_id,
        {{ answer_hash('replies.text', 'replies.comment_id', 'replies.known_precision') }} as answer_hash
    from comments as replies
    inner join comments as asked
        on replies.platform = asked.platform and replies.reply_to_comment_id = asked.comment_id
    where replies.version_order = 1 and replies.is_official and asked.version_order = 1
),

-- A reply with an earlier clock answers nothing, and hides no later one.
answers as (
    select
        *,
        row_number() over (
            partition by platform, reply_to_comment_id order by answered_at, comment_id
        ) as answer_order
    from replies
    where answered_at >= asked_at
),

asked_below_posts as (
    select
        cast(null as {{ dbt.type_string() }}) as event_id,
        comments.platform,
        comments.platform || ':' || comments.comment_id as question_id,
        'comment' as channel,
        comments.platform || ':' || posts.account_id as addressee,
        accounts.region_code,
        comments.commented_lo_at as asked_at,
        case when answers.answered_at is null then 'open' else 'answered' end as question_status,
        answers.answered_at,
        cast(null as {{ instant_type() }}) as answer_seen_at,
        greatest(comments.commented_lo_at, comments.last_seen_at) as watched_until_at,
        comments.last_seen_at,
        coalesce({{ is_person('posts.account_id') }}, false)
        or coalesce(accounts.account_kind = 'officer', false) as is_to_person,
        answers.account_id as answered_by,
        answers.answer_hash,
        comments.source_name
    from comments
    inner join {{ ref('int_post_versions_chosen') }} as posts
        on comments.platform = posts.platform and comments.post_id = posts.post_id
    left join {{ ref('int_accounts_resolved') }} as accounts
        on posts.platform = accounts.platform and posts.account_id = accounts.account_id
    left join answers
        on
            comments.platform = answers.platform
            and comments.comment_id = answers.reply_to_comment_id
            and answers.answer_order = 1
    where comments.version_order = 1 and not comments.is_official
),

called_upon as (
    select
        cast(null as {{ dbt.type_string() }}) as event_id,
        mentions.platform,
        mentions.platform || ':' || mentions.post_id || '@' || mentions.account_id as question_id,
        'mention' as channel,
        mentions.platform || ':' || mentions.account_id as addressee,
        accounts.region_code,
        mentions.asked_at,
        mentions.question_status,
        mentions.answered_at,
        cast(null as {{ instant_type() }}) as answer_seen_at,
        mentions.watched_until_at,
        mentions.watched_until_at as last_seen_at,
        coalesce({{ is_person('mentions.account_id') }}, false)
        or coalesce(accounts.account_kind = 'officer', false) as is_to_person,
        case when mentions.answered_at is not null then mentions.account_id end as answered_by,
        mentions.answer_hash,
        mentions.source_name
    from {{ ref('int_public_mentions') }} as mentions
    inner join {{ ref('int_accounts_resolved') }} as accounts
        on mentions.platform = accounts.platform and mentions.account_id = accounts.account_id
),

questions as (
    select * from chosen_inquiries
    union all
    select * from asked_below_posts
    union all
    select * from called_upon
),

-- The same words to three people within a minute are a machine's (answers told by the hour or day
-- have a hash of their own: which minute they came in is unknown).
timed as (
    select
        *,
        {{ epoch_microseconds('answered_at') }} as answered_us
    from questions
),

counted as (
    select
        *,
        count(*) over (
            partition by platform, answered_by, answer_hash
            order by answered_us
            range between 60000000 preceding and current row
        ) as alike_before,
        count(*) over (
            partition by platform, answered_by, answer_hash
            order by answered_us
            range between current row and 60000000 following
        ) as alike_after
    from timed
),

dated as (
    select
        *,
        {{ local_date('asked_at') }} as asked_date,
        {{ period_start("'month'", local_date('asked_at')) }} as asked_month
    from counted
),

enough as (
    select
        asked_month,
        channel,
        coalesce(region_code, 'unknown') as region_code
    from dated
    where is_to_person
    group by asked_month, channel, coalesce(region_code, 'unknown')
    having count(distinct addressee) >= {{ fewest_people() }}
)

select
    dated.question_id,
    dated.event_id,
    dated.platform,
    dated.channel,
    case when dated.is_to_person then 'officers' else dated.addressee end as addressee,
    dated.region_code,
    dated.asked_at,
    dated.asked_date,
    dated.question_status,
    dated.answered_at,
    dated.answer_seen_at,
    case when dated.answered_at is null then dated.watched_until_at else dated.answered_at end as watched_until_at,
    dated.last_seen_at,
    dated.answered_by is not null and dated.alike_before + dated.alike_after - 1 >= 3 as is_automatic,
    dated.source_name
from dated
left join enough
    on
        dated.asked_month = enough.asked_month
        and dated.channel = enough.channel
        and coalesce(dated.region_code, 'unknown') = enough.region_code
where not dated.is_to_person or enough.channel is not null
