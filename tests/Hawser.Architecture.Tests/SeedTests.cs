using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace Hawser.Architecture.Tests;

/// <summary>Every constant and every route that the field's own descriptions of a session and of a device's loop name has a test.</summary>
public class SeedTests
{
    /// <summary>What it is, and the test that fails when it is another.</summary>
    private static readonly (string What, string Test)[] Held =
    [
        ("TEST_DELAY_TIMEOUT, 1 s", "T39_T40_the_hash_comes_first_then_a_probe_a_second_while_they_are_answered"),
        ("SEC30 at the host", "T47_half_a_minute_of_silence_ends_a_session"),
        ("SEC30 at the controller", "T47_a_host_that_is_silent_is_given_up"),
        ("SESSION_TIMEOUT, 30 s", "T36_a_lost_session_may_come_back_with_the_old_one_time_password_for_half_a_minute"),
        ("SEND_TIMEOUT_VIDEO 12 s, SEND_TIMEOUT_OTHER 120 s", "Pictures_have_twelve_seconds_and_what_must_arrive_ten_times_that"),
        ("sound older than 1000 ms", "Urgent_messages_overtake_bulk_and_stale_sound_is_dropped"),
        ("VideoFrame and SwitchDisplay by tx_video, all else by tx",
            "A_change_of_display_goes_behind_the_pictures_of_before_and_what_is_urgent_before_them"),
        ("SwitchDisplay before the first picture of another size", "T51_T52_another_size_is_told_before_its_first_picture"),
        ("TestDelay is sent back unchanged", "A_controller_sends_the_hosts_probe_back_unchanged"),
        ("the reason for an end", "The_reason_for_closing_reaches_the_other_end"),
        ("connections that the server closes", "T86_the_server_may_end_a_session"),
        ("TIME_CONN, 3 s: the tick", "By_itself_it_ticks_every_three_seconds"),
        ("TIME_HEARTBEAT, 15 s", "A_quiet_device_says_what_it_is_once_and_beats_every_fifteen_seconds"),
        ("3 s while there are connections", "With_a_connection_it_beats_every_three_seconds_and_names_it"),
        ("UPLOAD_SYSINFO_TIMEOUT, 120 s; the answer \"sysinfo\"",
            "What_it_is_is_sent_again_after_two_minutes_at_the_next_tick_or_when_it_is_asked_for"),
        ("strategy and modified_at", "A_strategy_is_followed_and_remembered_and_its_time_is_told_back"),
        ("audits of connections, in order", "The_server_hears_of_the_agent_and_of_its_sessions_in_order"),
        ("audits that had to wait",
            "What_happens_while_the_server_is_away_for_an_hour_is_in_its_books_afterwards_in_order_and_once"),
        ("an audit repeated with its nonce", "A_record_whose_answer_was_lost_is_repeated_with_its_nonce_before_the_next_goes"),
        ("recordings: new, part of 1 MiB at most, tail", "A_film_is_sent_while_it_grows_and_goes_on_where_a_cut_was"),
        ("recordings: remove", "What_waits_is_bounded_and_the_oldest_goes"),
        ("OIDC: asked each second", "The_server_is_asked_each_second_until_somebody_has_signed_in"),
        ("OIDC: three minutes", "After_three_minutes_it_is_given_up"),
    ];

    [Fact]
    public void Every_constant_of_the_field_is_held_by_a_test()
    {
        var tests = string.Concat(SourceTree.CodeFiles("tests").Where(f => !f.EndsWith("SeedTests.cs", StringComparison.Ordinal))
            .Select(File.ReadAllText));
        Held.Where(h => !Regex.IsMatch(tests, $@"public (async )?(Task|void) {h.Test}\(")).Select(h => h.What).ShouldBeEmpty();
        Held.Select(h => h.What).ShouldBeUnique();
    }
}
