"""Where a sentence applies, by its own words, its headings and its document: region, tier, segment and so on.

- Two sentences that name different members of one class speak of different cases.
- The sentence's own words come first, then its headings from the inside out, then the document's name.
- What has to be settled by a sentence (who decides, what is given) is no scope: see `OUTCOMES`.
"""

from __future__ import annotations

import re
from functools import lru_cache

_REGIONS = (
    "germany|german=germany france|french=france spain|spanish=spain italy|italian=italy "
    "austria|austrian=austria switzerland|swiss=switzerland "
    "poland|polish=poland netherlands|dutch=netherlands belgium|belgian=belgium ireland|irish=ireland "
    "portugal "
    "sweden|swedish=sweden norway|norwegian=norway "
    "denmark|danish=denmark finland|finnish=finland greece czechia hungary romania "
    "uk|britain|united_kingdom|great_britain|british|england=uk scotland wales "
    "us|usa|united_states|u.s.|american=usa canada|canadian=canada mexico brazil "
    "australia|australian=australia new_zealand=newzealand japan|japanese=japan china|chinese=china "
    "india|indian=india "
    "singapore hong_kong=hongkong california texas florida ontario quebec new_york=newyork "
    "europe|european|eu|eea=europe asia|apac=asia africa latin_america=latam north_america=namerica "
    "middle_east=mideast nordics|nordic|scandinavia=nordic "
    "domestic|domestically|inland|within_the_country=domestic international|internationally|overseas|abroad"
    "|foreign|cross-border=international mainland islands?=island"
)
_CLASSES: dict[str, str] = {
    "region": _REGIONS,
    "tier": "basic starter essential|essentials=essential free_plan|free_tier|free_accounts?=free "
    "standard_plan|standard_tier|standard_members?|standard_customers?=standard plus premium "
    "pro|professional=pro team_plan=team enterprise platinum gold silver bronze diamond "
    "economy|economy_class=economy business_class=businessclass first_class=firstclass "
    "business_plan|business_tier=businessplan saver flex|flexible_fares?=flex non-flex|non-flexible=saver "
    "prepaid|pre-paid|pay-as-you-go=prepaid postpaid|contract_customers|pay-monthly=postpaid vip",
    "segment": "consumers?|private_customers|households?|residential|retail_customers?=consumer "
    "business_customers|businesses|corporate|companies|business_accounts?|commercial"
    "|trade_customers?=business "
    "students? seniors?|pensioners?=senior adults?=adult children|child|minors?|infants?|kids=child "
    "new_customers?|new_patients?|new_members?|first-time|new_subscribers?|new_clients?|new_users?=newcomer "
    "existing_customers?|existing_patients?|existing_members?|registered_patients?|returning_\\w+=known "
    "employees_of|staff_discount|employee_purchases=staff non-members?|guests_without=nonmember "
    "members?=member "
    "groups?|group_bookings?=group "
    "individuals?|individual_bookings?=individual joint_accounts?=joint sole_accounts?=sole "
    "administrators?|admins?=admin pregnant wholesale|resellers?|wholesalers?=wholesale",
    "channel": "phone|telephone|by_call|hotline=phone emails?|e-mails?=email chat|live_chat=chat "
    "in-store|in_store|in_stores?|shops?|branch|branches|counter|in-branch|over_the_counter=store "
    "online|website|web_orders?|webshop|web=online app|mobile_app=app letter|postal|by_post=letter "
    "social_media=social sms|text_message|text_messages=sms marketplace kiosk video "
    "in_person|in-person=inperson",
    "product": "electronics|electronic_items|laptops?|computers?|cameras?|televisions?=electronics "
    "clothing|clothes|garments?|apparel|shoes|footwear=clothing "
    "furniture|sofas?|mattress(?:es)?=furniture books? food|groceries|perishables?|perishable_goods=food "
    "cosmetics|perfumes?=cosmetics jewellery|jewelry toys? software|digital_downloads?|e-books?=software "
    "gift_cards?|gift_vouchers?=giftcard flowers? sale_items?|clearance|outlet|reduced_items?=sale "
    "full-price|full_price|regular-price|regular_price=fullprice custom|customi[sz]ed|personali[sz]ed"
    "|made-to-order|bespoke=custom "
    "broadband|fibre|internet_service=broadband landline "
    "mobile_plans?|mobile_contracts?|sim-only|mobile_lines?"
    "=mobile tv_packages?|television_packages?=tv "
    "savings=savings current_accounts?|checking_accounts?|checking=checking mortgages? "
    "personal_loans?|loans? credit_cards?=creditcard "
    "debit_cards?=debitcard overdrafts? investment "
    "flights?|air_fares?|airline=flight hotels?|hotel_stays?|rooms?=hotel "
    "car_rentals?|rental_cars?|hire_cars?=car "
    "cruises? trains?|rail=rail bus|coach package_holidays?|package_tours?=package ferry|ferries "
    "vaccinations?|vaccines?|immuni[sz]ations?=vaccine blood_tests?=blood x-rays?|imaging|mri|scans?=imaging "
    "physiotherapy dental|dentist dermatology surgery|surgical|operations? "
    "express|expedited|next-day|priority_shipping=express standard_delivery|standard_shipping|standard_post|"
    "regular_shipping=standardpost hand_luggage|cabin_bags?|carry-on|hand_baggage|cabin_baggage=cabinbag "
    "checked_baggage|checked_bags?|hold_luggage|checked_luggage|hold_baggage=holdbag "
    "monthly_plans?|monthly_subscriptions?|monthly_contracts?|billed_monthly|month-to-month"
    "|monthly_billing=monthly "
    "annual_plans?|yearly_plans?|annual_contracts?|annual_subscriptions?|billed_yearly|billed_annually"
    "|yearly_subscriptions?|annual_billing=annual "
    "production staging|sandbox|test_environments?=sandbox api "
    "controlled_drugs?|controlled_medication|opioids?=controlled antibiotics? contact_lenses "
    "used|second-hand|refurbished|pre-owned=used brand-new|new_devices?|new_items?=brandnew "
    "minor_claims? major_incidents?|severity_1|sev_1|sev1|p1|priority_1=sev1 "
    "severity_2|sev_2|sev2|p2|priority_2=sev2 "
    "severity_3|sev_3|sev3|p3|priority_3|minor_incidents?=sev3 bicycles? wheelchairs?",
    "billing": "monthly_members?|monthly_memberships?|monthly_plans?|monthly_contracts?|monthly_subscri\\w+"
    "=monthly yearly_members?|yearly_memberships?|yearly_plans?|yearly_contracts?|yearly_subscri\\w+"
    "|annual_members?|annual_memberships?|annual_plans?|annual_contracts?|annual_subscri\\w+=yearly",
    "period": "christmas|december|holiday_season|festive_season=christmas january|january_sale easter "
    "summer|july|august=summer winter|november|february=winter weekends?|saturdays?|sundays?=weekend "
    "weekdays?|monday_to_friday|business_days_only=weekday public_holidays?|bank_holidays?=publicholiday "
    "peak|high_season|peak_season=peak off-peak|low_season|off-season=offpeak night|overnight|out_of_hours"
    "|after_hours=night office_hours|business_hours|daytime|opening_hours=day "
    "during_the_trial|trial_period|free_trial|trial_users?|trial=trial during_probation|probation=probation "
    "after_the_trial|paid_subscriptions?=paid black_friday during_the_pandemic "
    "first_year=year1 second_year|later_years|following_years|subsequent_years=year2 "
    "morning afternoon evening",
}
OUTCOMES: dict[str, str] = {
    "remedy": "refund|refunded|refunds|reimburse|reimbursed|money_back|repay|repaid|cash_back=refund "
    "replace|replaced|replacement|exchange|exchanged|swap|new_one|another_unit|substitute=replace "
    "store_credit|voucher|vouchers|coupon|credit_note|credit_voucher|gift_card=voucher "
    "repair|repaired|repairs|fix|mend|fixed=repair",
    "decision": "approve|approved|accept|accepted=approve reject|rejected|deny|denied|decline|declined|refuse"
    "|refused|turn_down|turned_down=reject",
    "account": "close|closed|terminate|terminated|cancel|cancelled|delete|deleted|remove|removed=close "
    "suspend|suspended|freeze|frozen|lock|locked|block|blocked|pause|paused=suspend "
    "keep|kept|retain|retained|remains?|stays?|left_open=keep "
    "restrict|restricted|read-only|downgraded?=restrict "
    "renews?|renewed|rolls?_over|extended=renew ends?|expires?|lapses?=end",
    "destination": "supervisors?|team_lead|team_leader|shift_lead|line_manager|managers?"
    "|duty_manager=supervisor "
    "directors?|head_of_\\w+|executives?=director "
    "security|security_team|fraud_team|fraud_desk|fraud_department"
    "=security billing|billing_team|finance|finance_team|accounts_department|accounting=billing "
    "legal|legal_team|lawyers?|counsel=legal "
    "technicians?|engineers?|engineering|technical_support|tech_support"
    "|second-line|tier_2|level_2=technical doctors?|physicians?|gp|clinicians?=doctor nurses?=nurse "
    "police compliance|compliance_officer|compliance_team=compliance "
    "privacy|data_protection_officer|dpo=privacy "
    "retention_team|retentions|loyalty_team=retention reception|front_desk|receptionist=reception "
    "pharmacists?|pharmacy=pharmacist complaints_team|customer_relations=complaints "
    "warehouse|logistics=warehouse "
    "sales|sales_team|account_manager=sales human_resources|hr=hr branch_manager=branchmanager "
    "logistics_partner|courier|carrier=courier",
    "delivery": "neighbours?|neighbors?=neighbour safe_place|porch|doorstep=porch "
    "depot|pick-up_point|collection_point"
    "|parcel_shop=depot sender=sender",
    "payer": "at_(?:their|the_\\w+'s)_own_(?:cost|expense)|customers?_pays?|customers?_bears?"
    "|customers?_covers?"
    "|paid_by_the_customer|borne_by_the_customer|at_the_customer's_expense=customer "
    "we_pay|we_cover|we_bear|prepaid_label|company_pays|our_expense|at_our_expense|at_our_cost|paid_by_us"
    "|covered_by_us|shop_pays|free_label|free_return_label=company",
}
SCOPES = tuple(_CLASSES)


def _compiled(classes: dict[str, str]) -> dict[str, tuple[re.Pattern[str], dict[str, str]]]:
    made = {}
    for name, words in classes.items():
        groups = []
        names = {}
        for number, entry in enumerate(words.split()):
            forms, _, label = entry.partition("=")
            label = label or forms.split("|")[0].rstrip("?s")
            key = f"g{number}"
            names[key] = label
            parts = sorted(forms.split("|"), key=len, reverse=True)
            groups.append((max(map(len, parts)), f"(?P<{key}>" + "|".join(_spaced(p) for p in parts) + ")"))
        groups.sort(key=lambda pair: -pair[0])
        pattern = re.compile(r"(?<![\w-])(?:" + "|".join(body for _, body in groups) + r")(?![\w-])", re.I)
        made[name] = pattern, names
    return made


def _spaced(form: str) -> str:
    return form.replace("u.s.", r"u\.s\.").replace("_", r"[\s-]")


@lru_cache(maxsize=2)
def _patterns(outcomes: bool) -> dict[str, tuple[re.Pattern[str], dict[str, str]]]:
    return _compiled(OUTCOMES if outcomes else _CLASSES)


@lru_cache(maxsize=32768)
def members(text: str, outcomes: bool = False) -> dict[str, frozenset[str]]:
    """Return, by class, the members that a text names."""
    found: dict[str, set[str]] = {}
    for name, (pattern, labels) in _patterns(outcomes).items():
        for match in pattern.finditer(text):
            if match.lastgroup == "g_us" or (match[0] == "us" and labels.get(match.lastgroup or "") == "usa"):
                continue
            found.setdefault(name, set()).add(labels[match.lastgroup or ""])
    return {name: frozenset(labels) for name, labels in found.items()}


def scope_of(layers: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Return where something applies: for each class, what the first layer that speaks of it names."""
    found: dict[str, frozenset[str]] = {}
    for layer in layers:
        for name, labels in members(layer).items():
            found.setdefault(name, labels)
    return found


def apart(left: dict[str, frozenset[str]], right: dict[str, frozenset[str]]) -> bool:
    """Say whether two scopes name different members of one class, so that nothing lies in both."""
    return any(name in right and not _meets(labels, right[name]) for name, labels in left.items())


_WITHIN = {
    "europe": frozenset(
        "germany france spain italy austria poland netherlands belgium ireland portugal sweden denmark "
        "finland greece czechia hungary romania nordic uk".split()
    ),
    "usa": frozenset("california texas florida newyork".split()),
    "canada": frozenset("ontario quebec".split()),
    "uk": frozenset("scotland wales".split()),
    "nordic": frozenset("sweden norway denmark finland".split()),
    "asia": frozenset("japan china india singapore hongkong".split()),
    "namerica": frozenset("usa canada mexico".split()),
}


def _meets(left: frozenset[str], right: frozenset[str]) -> bool:
    if left & right:
        return True
    return any(one in _WITHIN.get(two, ()) or two in _WITHIN.get(one, ()) for one in left for two in right)


def narrower(left: dict[str, frozenset[str]], right: dict[str, frozenset[str]]) -> int:
    """Return how many more classes the left scope is restricted in than the right one."""
    return len(left.keys() - right.keys()) - len(right.keys() - left.keys())
