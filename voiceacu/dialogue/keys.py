"""Names of everything the assistant can say, each with the slots its text may use.

The texts stand in `replies.yaml`, one folder for each language; loading checks them against
this list. `say[INTENT]` may be used in every text: it is the phrase that the phrase table
suggests for an intent, so what the assistant offers is always understood.
"""

from enum import StrEnum


class Key(StrEnum):
    """One sentence, or several wordings of it that take turns."""

    slots: frozenset[str]

    def __new__(cls, name: str, *slots: str) -> "Key":
        """A key with the names of its slots."""
        key = str.__new__(cls, name)
        key._value_ = name
        key.slots = frozenset(slots)
        return key

    # Beginning
    GOOD_MORNING = "good_morning"
    GOOD_DAY = "good_day"
    GOOD_EVENING = "good_evening"
    HOW_TO_BEGIN = "how_to_begin"
    NOT_STARTED = "not_started"
    NO_LAST_ROUTINE = "no_last_routine"
    ALREADY_AT = "already_at", "point"

    # The safety check
    RED_FLAGS_BEFORE = "red_flags_before"
    MORE_RED_FLAGS_BEFORE = "more_red_flags_before"
    ASK_PREGNANT = "ask_pregnant"
    THANKS_FOR_NO = "thanks_for_no"
    LEFT_OUT = "left_out", "points"
    PREGNANT_CARE = "pregnant_care"
    NO_ANSWER = "no_answer", "points"
    NO_ANSWER_CARE = "no_answer_care"
    BROUGHT_BACK = "brought_back", "points"
    GOOD_TO_KNOW = "good_to_know"
    NOT_WHILE_PREGNANT = "not_while_pregnant", "point"
    REMEMBERED = "remembered"
    REMEMBERED_NO = "remembered_no"
    REMEMBER_WHAT = "remember_what"
    FORGOTTEN = "forgotten"

    # Guiding
    FIRST_POINT = "first_point", "point", "name"
    NEXT_POINT = "next_point", "point", "name"
    LAST_POINT = "last_point", "point", "name"
    ONLY_POINT = "only_point", "point", "name"
    BACK_TO_POINT = "back_to_point", "point", "name"
    FIRST_SIDE = "first_side", "side"
    POINT_AGAIN = "point_again", "point", "name"
    HOLD_SIDE = "hold_side", "side", "length"
    HOLD_BOTH = "hold_both", "length"
    READY_PROMPT = "ready_prompt", "wait"
    TAKE_YOUR_TIME = "take_your_time"
    ALREADY_FIRST = "already_first"
    BOTH_AT_ONCE = "both_at_once"

    # Holding
    BREATHE_WITH_TONES = "breathe_with_tones"
    HALF_TIME = "half_time"
    LAST_SECONDS = "last_seconds"
    LET_GO = "let_go"
    ALREADY_HOLDING = "already_holding", "left"
    HOLD_EXTENDED = "hold_extended", "left"
    HOLD_PLANNED = "hold_planned", "length"
    HOLD_LONGEST = "hold_longest", "length"
    HOLD_SHORTEST = "hold_shortest", "length"
    NO_HOLD = "no_hold"
    STAY = "stay"

    # Pausing and ending
    PAUSED = "paused"
    STILL_PAUSED = "still_paused"
    RESUMED_HOLD = "resumed_hold", "point", "side", "left"
    RESUMED = "resumed", "point"
    RESUMED_CHECK = "resumed_check"
    NOTHING_PAUSED = "nothing_paused"
    LAST_ONE_DONE = "last_one_done"
    WELL_DONE = "well_done"
    STOPPED = "stopped"
    STOPPED_HOLD = "stopped_hold"
    GOODBYE = "goodbye"
    ALL_DONE = "all_done"

    # Safety
    RELEASE = "release"
    REST_AND_BREATHE = "rest_and_breathe"
    HURT_ADVICE = "hurt_advice"
    HURT_CHOICE = "hurt_choice"
    HURT_AT_REST = "hurt_at_rest"
    SEE_DOCTOR = "see_doctor"
    SEE_DOCTOR_KINDLY = "see_doctor_kindly"
    CANNOT_CALL = "cannot_call"
    CALL_YOURSELF = "call_yourself"
    EASE_OFF = "ease_off"
    SAFE_GENTLE = "safe_gentle"
    SAFE_SKIN = "safe_skin"
    SAFE_RED_FLAGS = "safe_red_flags"
    SAFE_MORE_RED_FLAGS = "safe_more_red_flags"
    SAFE_PREGNANT = "safe_pregnant", "points"
    SAFE_GENERAL = "safe_general"

    # Answers
    NAME_A_POINT = "name_a_point", "point"
    FOREIGN_POINT = "foreign_point"
    NO_SUCH_PLACE = "no_such_place", "number"
    ONE_PLACE = "one_place"
    THIS_IS = "this_is", "point", "name"
    THIS_IS_NUMBER = "this_is_number", "code", "number", "count"
    TIME_LEFT = "time_left", "left"
    THEN_OTHER_SIDE = "then_other_side", "side"
    LENGTH_EACH = "length_each", "length"
    LENGTH_BOTH = "length_both", "length"
    LENGTH_OF_POINT = "length_of_point", "point", "length"
    LENGTH_OF_SIDES = "length_of_sides", "point", "length"
    ROUTINE_LENGTH = "routine_length", "minutes"
    ROUTINE_LEFT = "routine_left", "minutes"
    POINTS_LEFT = "points_left", "number"
    ONE_POINT_LEFT = "one_point_left"
    NO_POINTS_LEFT = "no_points_left"
    POINTS_IN_ALL = "points_in_all", "number"
    COMES_NEXT = "comes_next", "point", "name"
    COMES_FIRST = "comes_first", "point", "name"
    NOTHING_NEXT = "nothing_next"
    THE_POINTS_ARE = "the_points_are", "points"
    MORE_POINTS = "more_points", "points"
    THE_ROUTINES_ARE = "the_routines_are", "routines"
    PRESS_GENTLE = "press_gentle", "point"
    PRESS_MODERATE = "press_moderate", "point"
    PRESS_FIRM = "press_firm", "point"
    PRESS_LESS = "press_less"
    HOW_OFTEN = "how_often", "fewest", "most"
    NO_SESSIONS = "no_sessions"
    ONE_SESSION = "one_session"
    SESSIONS = "sessions", "number"
    TIME_OF_DAY = "time_of_day", "time"
    SIDE_NOW = "side_now", "side"
    OR_SKIP = "or_skip"
    HELP = "help", "first", "second"
    HELP_MORE = "help_more", "first", "second"
    NOTHING_SAID = "nothing_said"
    WELCOME = "welcome"
    ALL_RIGHT = "all_right"

    # Voice and breath
    LOUDER = "louder"
    LOUDEST = "loudest"
    QUIETER = "quieter"
    QUIETEST = "quietest"
    SLOWER = "slower"
    SLOWEST = "slowest"
    FASTER = "faster"
    FASTEST = "fastest"
    BREATHING_ON = "breathing_on", "inhale", "exhale"
    BREATHING_OFF = "breathing_off"
    BREATHING_LIMIT = "breathing_limit"

    # Listening
    UNDONE = "undone"
    NOTHING_TO_UNDO = "nothing_to_undo"
    TOO_LATE_TO_UNDO = "too_late_to_undo"
    CLARIFY_ONE = "clarify_one", "first"
    CLARIFY_TWO = "clarify_two", "first", "second"
    GOING_TO_SLEEP = "going_to_sleep"
    AWAKE = "awake"
    AWAKE_PAUSED = "awake_paused", "point"
    ALREADY_AWAKE = "already_awake"
    MICROPHONE_LOST = "microphone_lost"
    MICROPHONE_LOST_HOLD = "microphone_lost_hold"
    MICROPHONE_BACK = "microphone_back"
