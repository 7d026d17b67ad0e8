// SPDX-License-Identifier: MIT
// Actions: how a file came to be (C2PA 2.4 sections 15.10.3.2 and 18.15).
#include "credential/check.h"

#include <string.h>

struct actions {
    struct enl_check *check;
    const struct enl_manifest *m;
    const char *uri;
    bool two;          // of version 2
    bool soft_binding; // there is one
    struct enl_statuses *to;
};

static void malformed(const struct actions *a, const char *why) {
    enl_tell(a->to, "assertion.action.malformed", a->uri, "%s", why);
}

// Whether a hashed URI names an ingredient of this manifest, and one that was used so.
static bool is_ingredient(const struct actions *a, const struct enl_cbor *hashed, const char *relation) {
    struct enl_cbor url;
    bool outside;
    if (!enl_cbor_get(hashed, "url", &url) || url.type != ENL_CBOR_TEXT) return false;
    int box = enl_check_find(a->check, a->m->box, url.data, (size_t)url.number, &outside);
    const struct enl_jumbf_box *b = box >= 0 ? &a->check->jumbf.list[box] : NULL;
    if (!b || outside || strncmp(b->label, "c2pa.ingredient", 15) || !b->data) return false;
    if (!relation) return true;
    return enl_check_item(a->check, box) && enl_cbor_is_text(&a->check->contents[box].relation, relation);
}

// The ingredients that an action's parameters name: "ingredients" of version 2, "ingredient" of version 1. How many
// are good; -1: one is not.
static int count_ingredients(const struct actions *a, const struct enl_cbor *action, const char *relation) {
    struct enl_cbor parameters, list, item;
    const uint8_t *at = NULL;
    int count = 0;
    if (!enl_cbor_get(action, "parameters", &parameters)) return 0;
    if (enl_cbor_get(&parameters, "ingredient", &item)) return is_ingredient(a, &item, relation) ? 1 : -1;
    if (!enl_cbor_get(&parameters, "ingredients", &list)) return 0;
    while (enl_cbor_next(&list, &at, &item)) {
        if (!is_ingredient(a, &item, relation)) return -1;
        count++;
    }
    return count;
}

static bool has_soft_binding(const struct enl_check *check, const struct enl_manifest *m) {
    const struct enl_jumbf *j = &check->jumbf;
    int box = m->assertions_box < 0 ? -1 : j->list[m->assertions_box].child;
    for (; box >= 0; box = j->list[box].next)
        if (enl_label_is(j->list[box].label, "c2pa.soft-binding")) return true;
    return false;
}

// What an update manifest may do (11.2.3): nothing to the media.
static bool may_update(const struct enl_cbor *name) {
    static const char *const names[] = {"c2pa.edited.metadata", "c2pa.opened", "c2pa.published", "c2pa.redacted"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (enl_cbor_is_text(name, names[i])) return true;
    return false;
}

static void check_action(const struct actions *a, const struct enl_cbor *action, bool first, int *openings) {
    struct enl_cbor name, parameters;
    if (action->type != ENL_CBOR_MAP || !enl_cbor_get(action, "action", &name) || name.type != ENL_CBOR_TEXT) {
        malformed(a, "an action has no name");
        return;
    }
    bool opened = enl_cbor_is_text(&name, "c2pa.opened"), created = enl_cbor_is_text(&name, "c2pa.created");
    if (a->m->update && !may_update(&name))
        enl_tell(a->to, "manifest.update.invalid", a->uri, "an update may not change what it updates");
    if (!a->two) return; // what was written by older rules is not held to newer ones
    if (opened || created) {
        if (!first || ++*openings > 1) malformed(a, "only the first action may open or create");
    } else if (first) {
        malformed(a, "the first action must open or create");
    }
    bool placed = enl_cbor_is_text(&name, "c2pa.placed") || enl_cbor_is_text(&name, "c2pa.removed");
    int count = count_ingredients(a, action, opened ? "parentOf" : placed ? "componentOf" : NULL);
    if (count < 0 || (opened && count != 1) || (placed && count < 1))
        enl_tell(a->to, "assertion.action.ingredientMismatch", a->uri,
                 "an action names an ingredient that is not there");
    if (enl_cbor_is_text(&name, "c2pa.watermarked.bound") && !a->soft_binding)
        enl_tell(a->to, "assertion.action.softBindingMissing", a->uri, "a watermark is named but not described");
    if (enl_cbor_is_text(&name, "c2pa.redacted") &&
        (!enl_cbor_get(action, "parameters", &parameters) || !enl_cbor_get(&parameters, "redacted", &name)))
        enl_tell(a->to, "assertion.action.redactionMismatch", a->uri, "a redaction does not say of what");
}

void enl_check_actions(struct enl_check *check, const struct enl_manifest *manifest, const struct enl_cbor *actions,
                       const char *label, const char *uri, bool first, struct enl_statuses *to) {
    struct actions a = {.check = check, .m = manifest, .uri = uri, .to = to};
    struct enl_cbor list, action;
    const uint8_t *at = NULL;
    int openings = 0;
    a.two = manifest->version == 2 && enl_label_is(label, "c2pa.actions.v2");
    if (!enl_cbor_get(actions, "actions", &list) || list.type != ENL_CBOR_ARRAY || enl_cbor_count(&list) == 0) {
        malformed(&a, "it names no action");
        return;
    }
    a.soft_binding = has_soft_binding(check, manifest);
    first = first && !manifest->update;
    while (!to->failed && enl_cbor_next(&list, &at, &action)) {
        check_action(&a, &action, first, &openings);
        first = false;
    }
}
