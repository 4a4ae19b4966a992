#include "page_assets.h"

// #embed is C23; this compiler also takes it in earlier modes and says so.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char book_answers_mustache[] = {
#embed "pages/book/answers.mustache"
};
static const unsigned char book_book_css[] = {
#embed "pages/book/book.css"
};
static const unsigned char book_cancel_mustache[] = {
#embed "pages/book/cancel.mustache"
};
static const unsigned char book_choice_mustache[] = {
#embed "pages/book/choice.mustache"
};
static const unsigned char book_consequences_mustache[] = {
#embed "pages/book/consequences.mustache"
};
static const unsigned char book_details_js[] = {
#embed "pages/book/details.js"
};
static const unsigned char book_details_mustache[] = {
#embed "pages/book/details.mustache"
};
static const unsigned char book_embed_js[] = {
#embed "pages/book/embed.js"
};
static const unsigned char book_facts_mustache[] = {
#embed "pages/book/facts.mustache"
};
static const unsigned char book_field_mustache[] = {
#embed "pages/book/field.mustache"
};
static const unsigned char book_frame_mustache[] = {
#embed "pages/book/frame.mustache"
};
static const unsigned char book_managed_mustache[] = {
#embed "pages/book/managed.mustache"
};
static const unsigned char book_message_mustache[] = {
#embed "pages/book/message.mustache"
};
static const unsigned char book_offers_mustache[] = {
#embed "pages/book/offers.mustache"
};
static const unsigned char book_open_wish_mustache[] = {
#embed "pages/book/open-wish.mustache"
};
static const unsigned char book_open_js[] = {
#embed "pages/book/open.js"
};
static const unsigned char book_open_mustache[] = {
#embed "pages/book/open.mustache"
};
static const unsigned char book_organization_mustache[] = {
#embed "pages/book/organization.mustache"
};
static const unsigned char book_policies_mustache[] = {
#embed "pages/book/policies.mustache"
};
static const unsigned char book_reschedule_mustache[] = {
#embed "pages/book/reschedule.mustache"
};
static const unsigned char book_summary_mustache[] = {
#embed "pages/book/summary.mustache"
};
static const unsigned char book_times_mustache[] = {
#embed "pages/book/times.mustache"
};
static const unsigned char book_wait_mustache[] = {
#embed "pages/book/wait.mustache"
};
static const unsigned char book_week_mustache[] = {
#embed "pages/book/week.mustache"
};
static const unsigned char book_widget_js[] = {
#embed "pages/book/widget.js"
};
static const unsigned char book_wish_mustache[] = {
#embed "pages/book/wish.mustache"
};
static const unsigned char book_zone_js[] = {
#embed "pages/book/zone.js"
};
static const unsigned char console_account_mustache[] = {
#embed "pages/console/account.mustache"
};
static const unsigned char console_calendar_item_mustache[] = {
#embed "pages/console/calendar-item.mustache"
};
static const unsigned char console_calendar_part_mustache[] = {
#embed "pages/console/calendar-part.mustache"
};
static const unsigned char console_calendar_css[] = {
#embed "pages/console/calendar.css"
};
static const unsigned char console_calendar_js[] = {
#embed "pages/console/calendar.js"
};
static const unsigned char console_calendar_mustache[] = {
#embed "pages/console/calendar.mustache"
};
static const unsigned char console_charts_mustache[] = {
#embed "pages/console/charts.mustache"
};
static const unsigned char console_copy_js[] = {
#embed "pages/console/copy.js"
};
static const unsigned char console_dialog_js[] = {
#embed "pages/console/dialog.js"
};
static const unsigned char console_done_mustache[] = {
#embed "pages/console/done.mustache"
};
static const unsigned char console_explain_mustache[] = {
#embed "pages/console/explain.mustache"
};
static const unsigned char console_field_mustache[] = {
#embed "pages/console/field.mustache"
};
static const unsigned char console_form_mustache[] = {
#embed "pages/console/form.mustache"
};
static const unsigned char console_frame_mustache[] = {
#embed "pages/console/frame.mustache"
};
static const unsigned char console_item_mustache[] = {
#embed "pages/console/item.mustache"
};
static const unsigned char console_leave_mustache[] = {
#embed "pages/console/leave.mustache"
};
static const unsigned char console_list_js[] = {
#embed "pages/console/list.js"
};
static const unsigned char console_list_mustache[] = {
#embed "pages/console/list.mustache"
};
static const unsigned char console_lookup_js[] = {
#embed "pages/console/lookup.js"
};
static const unsigned char console_message_mustache[] = {
#embed "pages/console/message.mustache"
};
static const unsigned char console_rows_js[] = {
#embed "pages/console/rows.js"
};
static const unsigned char console_settings_mustache[] = {
#embed "pages/console/settings.mustache"
};
static const unsigned char console_sign_in_code_mustache[] = {
#embed "pages/console/sign-in-code.mustache"
};
static const unsigned char console_sign_in_mustache[] = {
#embed "pages/console/sign-in.mustache"
};
static const unsigned char console_value_mustache[] = {
#embed "pages/console/value.mustache"
};
static const unsigned char icon_svg[] = {
#embed "pages/icon.svg"
};
static const unsigned char shell_mustache[] = {
#embed "pages/shell.mustache"
};
static const unsigned char styles_css[] = {
#embed "pages/styles.css"
};
static const unsigned char words_de_json[] = {
#embed "pages/words/de.json"
};
static const unsigned char words_en_json[] = {
#embed "pages/words/en.json"
};
static const unsigned char words_fr_json[] = {
#embed "pages/words/fr.json"
};

static const struct almanac_page_asset assets[] = {
    {"book/answers.mustache", book_answers_mustache, sizeof book_answers_mustache},
    {"book/book.css", book_book_css, sizeof book_book_css},
    {"book/cancel.mustache", book_cancel_mustache, sizeof book_cancel_mustache},
    {"book/choice.mustache", book_choice_mustache, sizeof book_choice_mustache},
    {"book/consequences.mustache", book_consequences_mustache, sizeof book_consequences_mustache},
    {"book/details.js", book_details_js, sizeof book_details_js},
    {"book/details.mustache", book_details_mustache, sizeof book_details_mustache},
    {"book/embed.js", book_embed_js, sizeof book_embed_js},
    {"book/facts.mustache", book_facts_mustache, sizeof book_facts_mustache},
    {"book/field.mustache", book_field_mustache, sizeof book_field_mustache},
    {"book/frame.mustache", book_frame_mustache, sizeof book_frame_mustache},
    {"book/managed.mustache", book_managed_mustache, sizeof book_managed_mustache},
    {"book/message.mustache", book_message_mustache, sizeof book_message_mustache},
    {"book/offers.mustache", book_offers_mustache, sizeof book_offers_mustache},
    {"book/open-wish.mustache", book_open_wish_mustache, sizeof book_open_wish_mustache},
    {"book/open.js", book_open_js, sizeof book_open_js},
    {"book/open.mustache", book_open_mustache, sizeof book_open_mustache},
    {"book/organization.mustache", book_organization_mustache, sizeof book_organization_mustache},
    {"book/policies.mustache", book_policies_mustache, sizeof book_policies_mustache},
    {"book/reschedule.mustache", book_reschedule_mustache, sizeof book_reschedule_mustache},
    {"book/summary.mustache", book_summary_mustache, sizeof book_summary_mustache},
    {"book/times.mustache", book_times_mustache, sizeof book_times_mustache},
    {"book/wait.mustache", book_wait_mustache, sizeof book_wait_mustache},
    {"book/week.mustache", book_week_mustache, sizeof book_week_mustache},
    {"book/widget.js", book_widget_js, sizeof book_widget_js},
    {"book/wish.mustache", book_wish_mustache, sizeof book_wish_mustache},
    {"book/zone.js", book_zone_js, sizeof book_zone_js},
    {"console/account.mustache", console_account_mustache, sizeof console_account_mustache},
    {"console/calendar-item.mustache", console_calendar_item_mustache, sizeof console_calendar_item_mustache},
    {"console/calendar-part.mustache", console_calendar_part_mustache, sizeof console_calendar_part_mustache},
    {"console/calendar.css", console_calendar_css, sizeof console_calendar_css},
    {"console/calendar.js", console_calendar_js, sizeof console_calendar_js},
    {"console/calendar.mustache", console_calendar_mustache, sizeof console_calendar_mustache},
    {"console/charts.mustache", console_charts_mustache, sizeof console_charts_mustache},
    {"console/copy.js", console_copy_js, sizeof console_copy_js},
    {"console/dialog.js", console_dialog_js, sizeof console_dialog_js},
    {"console/done.mustache", console_done_mustache, sizeof console_done_mustache},
    {"console/explain.mustache", console_explain_mustache, sizeof console_explain_mustache},
    {"console/field.mustache", console_field_mustache, sizeof console_field_mustache},
    {"console/form.mustache", console_form_mustache, sizeof console_form_mustache},
    {"console/frame.mustache", console_frame_mustache, sizeof console_frame_mustache},
    {"console/item.mustache", console_item_mustache, sizeof console_item_mustache},
    {"console/leave.mustache", console_leave_mustache, sizeof console_leave_mustache},
    {"console/list.js", console_list_js, sizeof console_list_js},
    {"console/list.mustache", console_list_mustache, sizeof console_list_mustache},
    {"console/lookup.js", console_lookup_js, sizeof console_lookup_js},
    {"console/message.mustache", console_message_mustache, sizeof console_message_mustache},
    {"console/rows.js", console_rows_js, sizeof console_rows_js},
    {"console/settings.mustache", console_settings_mustache, sizeof console_settings_mustache},
    {"console/sign-in-code.mustache", console_sign_in_code_mustache, sizeof console_sign_in_code_mustache},
    {"console/sign-in.mustache", console_sign_in_mustache, sizeof console_sign_in_mustache},
    {"console/value.mustache", console_value_mustache, sizeof console_value_mustache},
    {"icon.svg", icon_svg, sizeof icon_svg},
    {"shell.mustache", shell_mustache, sizeof shell_mustache},
    {"styles.css", styles_css, sizeof styles_css},
    {"words/de.json", words_de_json, sizeof words_de_json},
    {"words/en.json", words_en_json, sizeof words_en_json},
    {"words/fr.json", words_fr_json, sizeof words_fr_json},
    {NULL, NULL, 0},
};

struct almanac_page_asset almanac_page_asset(size_t index) {
    size_t last = sizeof assets / sizeof assets[0] - 1;
    return assets[index < last ? index : last];
}
