"""Other words for the kinds there are: further patterns of each, in the order of the registry.

- A kind's own module holds what it does and how it is said plainly; here stands what people also say.
- The effects are the same: a pattern here can be wrong about the words, never about what is changed.
"""

from __future__ import annotations

from dataclasses import replace

from studio.cobuilder.requests.kinds import Kind

_LEVEL = r"(?P<level>low|medium|high)"
_GREETING = r"(?:greeting|welcome(?: message| text)?|introduction|opening(?: message)?|first message)"
_N = r"(?P<number>\d+|one|two|three|four|five|six|once|twice)"
_TIMES = r"(?:times?|tries|try|attempts?|goes|chances?|shots)"
_AMOUNT = r"(?P<amount>[£€$]?\s?\d[\d.,]*(?: \w+)?)"
_OFF = r"(?:turn|switch|take) off|disable|deactivate|suspend|retire|get shot of"
_TOLD = r"(?:told|said|heard|disclosed|mentioned|explained)"

WAYS: dict[str, tuple[str, ...]] = {
    "ask-changed": (r"what (?:was|has been|were|have been) (?:done|changed|added|removed|edited)(?: .+)?",),
    "ask-tests": (r"(?:any|some) (?:tests?|scenarios?) (?:on|for|about|covering|with|of) {topic}",),
    "ask-paths": (
        r"(?:in (?:which|what) cases|under (?:which|what) (?:circumstances|conditions)|when) (?:do|does|"
        r"would|will) <agent> (?:hand(?: over)?|pass|get|come|end up|go|send <customer>) ?(?:over )?(?:to|at|"
        r"with) (?P<place>.+?)",
    ),
    "undo": (
        r"(?:undo|revert|take back) what (?:i|we|you) (?:did|changed|made) (?:last|just now|before)",
        r"(?:i|we|that) (?:made|did|was) (?:a |an )?(?:mistake|error|slip|wrong)[^,“”]*,? (?:so )?(?:please "
        r")?(?:undo|revert|take back|take)(?: it| that| this)?(?: back)?",
        r"(?:that|it) was (?:wrong|a mistake|not what i (?:meant|wanted))[,.]? ?(?:undo|revert|take)?(?: it| "
        r"that)?(?: back)?",
    ),
    "owner": (
        r"(?P<name>[A-Z][\w'-]+(?: [A-Z][\w'-]+)+) (?:does|runs|handles|looks after|covers|leads|is taking "
        r"over|takes on) (?P<role>QA|quality|compliance|operations|ops|business|IT|analytics)(?: now| from "
        r"now on)?(?:,? (?:so )?put (?:her|him|them) down(?: as .+)?)?",
        r"(?:enter|note|list|register|record) (?P<name>[A-Z][\w'-]+(?: [A-Z][\w'-]+)+) as (?:the )?(?:new "
        r")?(?:owner (?:for|of) )?(?P<role>QA|quality|compliance|operations|ops|business|IT|analytics)(?: "
        r"owner)?",
    ),
    "branch-redirect": (
        r"{deciding}:? {branch} (?:<must> )?(?:goes?|leads?) (?:straight |directly )?to {step2}(?: instead)?",
    ),
    "branch-add": (
        r"<add> (?:a |another |new )*(?:branch|way out|way|answer) to {deciding}:? {case} (?:goes|leads|"
        r"should go|has to go) to {step2}",
    ),
    "row-change": (
        r"{table}:? (?:the )?row {row} (?:goes|should go|must go|is|becomes|<must> be) (?P<case>(?:up to|at "
        r"most|at least|above|below|from|over|under) .+)",
        r"(?:<change>) (?:<the>)?{row} row (?:of|in) {table} (?:to|into) {case}",
        r"(?:in|of) {table},? (?:<the>)?(?:row )?{row}(?: row)? (?:<must>) (?:be|say|hold for|cover) {case}",
    ),
    "ask-value": (
        r"in how many places (?:do|does) <agent> (?:use|say|mention|state|name) {value}",
        r"(?:where|how often) (?:do|does) <agent> (?:say|mention|state|quote) {value}",
    ),
    "ask-kinds": (
        r"how can you help(?: me| us)?(?: here)?",
        r"what are you (?:able to do|good for|for)",
    ),
    "rule-add": (
        r"{text},? (?:please |so )?(?:<add>) (?:that|this|it)(?: please)?",
        r"make it (?:a habit|a point|our habit) (?:to|of) {text}",
        r"(?:note|record|state|put down|write down) in (?:the |our )?(?:charter|rules|rule ?book) that "
        r"{text}",
        r"(?:<add>|make it|introduce|we need|there is) (?:another|one more|a second|a further|yet another) "
        r"(?:new )?rules?(?: to the charter)?(?: that (?:says? (?:that )?)?|:| to)?\s*:?\s*{text}",
        r"{text},? (?:and )?(?:<add>|note|record) (?:that|this|it)(?: down)? (?:in|into|to|as a rule in|"
        r"as a rule to) (?:the |our )?(?:charter|rules|rule ?book)",
        r"{text},? (?:and |so )?(?:make|turn) (?:that|this|it) (?:into )?a (?:new )?rule",
        r"<add> (?:this|the following)(?: rule)? (?:to|in|into) (?:the |our )?(?:rules|charter|rule ?book):? "
        r"{text}",
        r"(?:a )?(?:new|additional|further) (?:policy|instruction|guideline|requirement|house rule)(?: from "
        r"[^:“”]{2,40}| for [^:“”]{2,30})?: {text}",
        r"(?:new )?rules?: {text}",
        r"<agent> (?P<modal>mustn't|shan't|may not ever|are not supposed to|is not supposed to"
        r"|aren't supposed to|isn't supposed to|isn't allowed to|aren't allowed to) {text}",
        r"(?:put|write|include) (?:it )?in (?:the |our )?(?:charter|rules|rule ?book) that {text}",
        r"from now on,? (?P<modal>never|always) {text}",
    ),
    "rule-remove": (
        r"(?:<the>)?{rule} rule (?:goes|is gone|is history|must go|should go)(?: now)?",
        r"throw (?P<rule>(?:rule )?R-\d+) (?:away|out)",
        r"(?:<the>)?{rule} rule (?:can|could|may|should|must) be (?:deleted|removed|dropped|scrapped|taken "
        r"out|retired|abolished)",
        rf"(?:{_OFF}) (?P<rule>(?:rule )?R-\d+)(?: for now| for the moment| for a while)?",
        rf"(?:{_OFF}) (?:<the>)?rule (?:about |on |for |that says |concerning )?{{rule}}(?: for now| for the "
        rf"moment)?",
        rf"(?:{_OFF}) (?:<the>)?{{rule}} rule(?: for now| for the moment)?",
        r"(?:turn|switch|take) (?P<rule>(?:rule )?R-\d+) off",
        r"(?:we|you|i) (?:won't|will not|wouldn't|shan't) (?:be needing|need|be using) (?:<the>)?{rule} rule"
        r"(?: <more>)?",
        r"(?:we|you|i) (?:won't|will not|wouldn't|shan't|don't|do not|no longer) (?:be )?(?:need(?:ing)?|"
        r"want|us(?:e|ing)) (?P<rule>R-\d+)(?: <more>)?",
        r"(?:<the>)?{rule} rule (?:is|has become) (?:obsolete|outdated|out of date|superseded|redundant|"
        r"no longer needed|not needed)(?: <more>)?[,;]? (?:so )?(?:take (?:it|that) out|<remove> (?:it|that)"
        r"(?: out)?)",
        r"(?P<rule>R-\d+) (?:is|has become) (?:obsolete|outdated|out of date|superseded|redundant|not needed"
        r"|history)(?: <more>)?(?:[,;]? (?:so )?(?:take (?:it|that) out|<remove> (?:it|that)(?: out)?))?",
        r"(?P<rule>R-\d+) (?:isn't|is not) (?:needed|necessary|required|valid)(?: <more>)?",
    ),
    "rule-reword": (
        r"<reword> (?:rule )?{rule}(?: as follows| like (?:this|so)| this way)?:? {text!}",
        r"(?P<rule>(?:rule )?R-\d+) (?:<must>|needs? to|has to|to) (?:say|read)(?: as follows| like this)?:? "
        r"{text!}",
        r"(?:<change>|replace) (?:<the>)?(?:wording|text|words) of (?:rule )?{rule} (?:like this|as follows)"
        r":? {text!}",
    ),
    "rule-severity": (
        rf"{{rule}}'s severity (?:<must>|is)(?: be)? {_LEVEL}",
        rf"(?:the )?severity of {{rule}} (?:<must>|is)(?: be)? {_LEVEL}",
        rf"(?:<change>) (?P<rule>(?:rule )?R-\d+) {_LEVEL}(?: severity)?",
        rf"{{rule}} (?:needs|deserves|gets|has) {_LEVEL} severity",
        rf"(?:<the>)?{{rule}} (?:is|are) (?:now )?(?:a )?(?:top|high|highest|low|lowest) priority,? (?:so "
        rf")?(?:please )?(?:<change>)? ?(?:it )?(?:to|at|as)? ?{_LEVEL}(?: severity)?",
        rf"{{rule}} (?:isn't|is not|are not|aren't) (?:that|so|very|really|all that) (?:serious|important|"
        rf"critical|severe)(?: <more>)?[,;]? (?:so )?(?:<change> it to )?{_LEVEL}(?: severity)?(?: will do|"
        rf" is enough| is fine| would do)?",
        rf"(?:bump|move|push|put|take|bring|raise|lower) {{rule}} (?:up |down )?to {_LEVEL}(?: severity)?",
        rf"(?P<rule>(?:rule )?R-\d+) (?:<must>|can|could)(?: both| all)? be {_LEVEL}(?: severity)?",
        rf"(?P<rule>(?:rule )?R-\d+) ?[:–-]? {_LEVEL} severity",
    ),
    "rule-scope": (
        r"(?P<rule>(?:rule )?R-\d+) (?:everywhere|in (?:all|every) workflows?|always)",
        r"(?P<rule>(?:rule )?R-\d+) (?:only|just) (?:in|inside|within|for|during|at) (?:the workflow "
        r")?{flow}",
        r"(?:apply|use|limit|restrict|keep) (?:rule )?{rule} (?:only |just |solely )(?:to|in|for) (?:the "
        r"workflow )?{flow}",
        r"(?:<the>)?{rule} (?:<must>) (?:only|just) (?:matter|concern|cover|be used) ?(?:in|for|to)? {flow}",
    ),
    "rule-exception": (
        r"(?:rule )?{rule} (?:also )?(?:<must> not|does not|do not|doesn't|don't|shouldn't) (?:also )?"
        r"(?:apply|hold|count)(?: either)? (?:<when>|for|to) {case}",
        r"(?:<not>|stop) (?:apply|applying|use|using|enforce|enforcing) (?:<the>)?{rule}(?: rule)? (?:<when>|"
        r"for|to) {case}",
        r"(?P<rule>(?:rule )?R-\d+)(?: holds| applies| counts)?,? (?:unless|except (?:when|if|for)|but not "
        r"(?:when|if|for)) {case}",
        r"(?:waive|skip|ignore|lift) (?P<rule>(?:rule )?R-\d+) (?:<when>|for) {case}",
        r"{case} (?:<must> be |are |is )?(?:exempt|exempted|excluded|excepted) from (?:rule )?{rule}",
    ),
    "escalation-add": (
        r"(?:<when>) <customer> (?P<heard>(?:swears?|insults?|curses?|shouts?|threatens?|cries|gets|becomes|"
        r"is"
        r" (?:abusive|rude|aggressive|drunk)) ?.*?),? (?:then )?(?:get|fetch|call(?: in)?|involve|bring in) "
        r"(?P<who>a human|a person|somebody|someone|a colleague|the .+)",
        r"<customer> (?:who|that) (?:<mention>|complains? about|talks? about|speaks? of|asks? for) {heard} ?"
        r"(?:->|→|=>|:) ?(?:the )?{who}",
        r"(?:<when>) <customer> (?:<mention>|complains? about|asks? about) {heard} ?(?:->|→|=>) ?(?:the )?"
        r"{who}",
        r"(?:<send>|route|pass) <customer> (?:who|that) (?:say|says) (?:that )?they (?:are|'re) {heard} "
        r"(?:over |straight |through |on )*to {who}",
    ),
    "handoff-queue": (
        r"(?:<the>)?{who} is now (?:called )?(?P<queue>[A-Z][\w ]+?)",
        r"(?:<the>)?{who} (?:requests?|approvals?|cases?|enquiries|queries|handovers?|handoffs?) (?:<must>|"
        r"now|will)? ?(?:now )?(?:go|end up|land|arrive|be sent|be routed)(?: now)? (?:to|with|in|at) (?:the "
        r"(?:queue )?)?{queue}",
        r"(?:<the>)?{who} cases? (?:go|goes|should go|are sent|move) to {queue}(?: from now on| now)?,? "
        r"(?:not|instead of|rather than) .+",
        r"cases for {who} now (?:go|end up|land) (?:to|with|in|at) {queue}",
    ),
    "handoff-pass-on": (
        r"{who} (?:<must>|want to|wants to|would like to|need to|needs to) (?:also )?(?:see|know|get|have) "
        r"(?:which|what|the) {fact}(?: it is| it was)?(?: too| as well| also)?",
        r"(?:also )?(?:pass|hand|give|forward|send) {fact} (?:on |over )?to {who},? (?:too|as well|also)",
    ),
    "handoff-hold-back": (
        r"{who} (?:doesn't|does not|don't|no longer) needs? {fact}(?: <more>)?,? (?:so )?(?:stop|quit|no "
        r"need) (?:passing|giving|sending|handing|to pass)(?: it| that)?(?: on| over)?(?: <more>)?",
        r"(?:stop|quit|no longer|cease) (?:pass|hand|giv|forward|send)(?:e|ing)? {fact} (?:on |over )?to "
        r"{who}(?: <more>)?",
    ),
    "autonomy": (
        r"(?:let|allow|have) (?:it|<agent>) (?:to )?(?:work|act|run|decide) [^:]{0,40}: autonomy(?: level)? "
        r"(?P<level>\d|one|two|three)",
    ),
    "charter-text": (r"(?:<the>)?(?:agent's )?(?P<field>purpose|audience|channel) ?[:=] ?{text!}",),
    "greeting": (
        rf"(?:use|take) (?:this|the following) (?:as|for) (?:<the>)?(?:new )?{_GREETING}:? {{text!}}",
        rf"(?:have|let|make) (?:<the>)?{_GREETING} (?:read|say|be):? {{text!}}",
        rf"(?:<the>)?{_GREETING} (?:<must>|should now|needs to|is to) (?:be|say|read)(?: as follows)?:? "
        rf"{{text!}}",
        r"(?:<agent> (?:<must>) )?(?:say hello|introduce itself|introduce yourself|say hi) (?:with|like "
        r"this|as):? {text!}",
    ),
    "say-text": (
        r"(?P<what>ask (?:for |about )?.+?) (?:like this|as follows|this way):? {text!}",
        r"in {what},? (?:let|have|make) (?:it|<agent>) (?:say|answer|write|tell <customer>):? {text!}",
        r"(?:reword|rephrase) (?P<what>the (?:question|prompt) (?:for|about) .+?)(?: like this| as| to)?:? "
        r"{text!}",
    ),
    "text-shorter": (
        r"(?:can|could|should) {what} be (?:a bit |a little |much )?shorter",
        r"(?:say|be) (?:it )?(?:shorter|briefer|more briefly) (?:in|when|at) {what}",
        r"{what}(?:'s| is)(?: far| much| way| a bit)? too (?:long|wordy)[,;:]? (?:so )?(?:please )?(?:trim|"
        r"cut|"
        r"shorten|tighten)(?: it| that)?(?: down| up)?",
        r"(?:and |with )?(?:a|an) (?:shorter|briefer|snappier|crisper) {what}(?: while you(?:'re| are) at "
        r"it)?",
        r"(?:trim|cut) {what} down",
    ),
    "text-politer": (
        r"(?:say|put) (?:it|that) (?:a bit |a little )?(?:more politely|politely|nicely|nicer) (?:when|while|"
        r"in|at|for) {what}",
        r"(?:can|could|should) {what} be (?:a bit |a little |much )?(?:politer|more polite|nicer)",
        r"(?P<what>ask (?:a bit |a little )?(?:more politely|politely|nicely) (?:for|about|whether) .+)",
        r"make {what} (?:sound |be )(?:a bit |a little |more )?(?:politer|polite|nicer|friendlier)",
    ),
    "text-model": (
        r"(?:make|let|have) {what} (?:sound |be |feel |come across )?(?:much |a lot |way |far |rather |a bit "
        r"|a "
        r"little |slightly |somewhat )+(?:more \w+|less \w+|warmer|friendlier|simpler|clearer|kinder|"
        r"livelier|"
        r"longer|calmer|funnier|nicer|softer)(?: .+)?",
        r"(?:make|let|have) {what} (?:sound |feel )(?:like|as if) .+",
    ),
    "disclosure-add": (
        r"(?P<where>before|after|once) {when}, (?:also )?(?:mention|say|point out|explain|make clear) "
        r"(?:that )?{tell}",
        r"(?:let|tell|inform) (?:<customer>|people) (?:know )?(?P<where>before|after) {when} that {tell}",
        r"(?:mention|point out|make clear) (?:to <customer> )?(?P<where>before|after) {when} that {tell}",
    ),
    "step-add": (
        r"(?:put|pop|slip|drop) in (?:a |another |one more )?step (?P<where>after|before) {step} (?:that |"
        r"which )?(?:says?|saying|reading|with):? {text!}",
    ),
    "step-remove": (
        r"take (?:<the>)?(?:step )?{step!} out(?: again)?",
        r"(?:<not>|stop|skip) (?:tell|telling|explain|explaining) (?:<customer> |them )?{step}(?: <more>)?",
    ),
    "rename": (
        r"(?:call|name) (?:<the>)?(?:step|workflow|rule|decision|test|question) {item!} {text!}(?: instead|"
        r" from now on| now)?",
        r"<rename> (?:<the>)?(?:step|workflow|rule|decision|test|question) {item} (?:<become>) (?P<text>"
        r"[^“”]+)",
    ),
    "failure-path": (
        r"(?:<when>) {step} (?:<fail>),? (?:then )?(?:end|finish|stop|conclude|close)(?: with| at| in| on)? "
        r"{step2!}(?: instead)?",
    ),
    "retries": (
        rf"(?:have|let|make) (?:it|<agent>) (?:try|attempt) (?:to )?{{calling}} {_N} {_TIMES}(?: (?:when|"
        rf"while|"
        rf"in|during) .+)?",
        rf"(?:try|attempt) (?:to )?{{calling}} {_N} {_TIMES}(?: before giving up)?",
        r"(?P<none>don't|do not|never) (?:<retry>|repeat) {calling} (?:when|while|in|during|for) .+",
    ),
    "attempts": (
        rf"<customer> (?:may|can|should|get to) (?:try|repeat|enter|give) {{trying}} (?:up to )?{_N} "
        rf"{_TIMES}",
        rf"(?:up to|at most|max(?:imum)?|no more than|only) {_N} {_TIMES} (?:to|at|for|with|on|in) "
        rf"{{trying}}",
        rf"(?:let|allow|permit) <customer> (?:to )?(?:try|have) (?:up to )?{_N} ?{_TIMES}? (?:to|at|in|for|"
        rf"on) {{trying}}",
        rf"(?:could|can|should|may) <customer> (?:please )?(?:have|get) {_N} {_TIMES} (?:to|at|for|on|in) "
        rf"{{trying}}",
        rf"{_N} {_TIMES} (?:to|at|for|with|on) {{trying}}(?: are enough| is enough| will do)?",
        rf"only <ask> {_N} ?{_TIMES}? (?:for |about )?{{trying}}",
        rf"{_N} (?:goes|tries|attempts?|chances?|shots) (?:at|for|with|on) {{trying}}(?: instead of (?:\d|"
        rf"\w+))?",
    ),
    "fact-stop": (
        r"{fact} (?:is|are) (?:not|no longer) (?:needed|necessary|required|wanted)(?: <more>)?,? (?:so "
        r")?(?:<not>|stop) <ask>(?:ing)?(?: for)?(?: it| that| them)?(?: <more>)?",
        r"(?:<agent> |we |you )?(?:needn't|need not|don't need to|do not need to|don't have to|do not have "
        r"to|no longer need to|no longer have to) <ask> (?:<customer> )?(?:for |about |whether (?:it is |"
        r"it's "
        r"|it was )?(?:for )?)?{fact}(?: <more>)?",
        r"(?:stop|quit|no more) <ask> (?:<customer> )?(?:for )?(?:the )?(?:reason|grounds) for {fact}",
        r"we (?:already )?(?:know|have) {fact},? so (?:<not>|stop) <ask>(?:ing)?(?: for it| again)?",
    ),
    "fact-ask": (
        r"(?:when|whenever|if|while) (?:<customer> )?(?:something |an item )?{flow},? (?:also )?<ask> "
        r"(?:<customer> |them )?(?:whether|if|which|what|when) {what}",
    ),
    "choice-remove": (
        r"<customer> (?:shouldn't|should not|must not|mustn't|can't|cannot|may not|no longer) (?:be able to |"
        r"be allowed to )?(?:pick|choose|select|say|give) {choice!}(?: <more>)?(?: (?:as|for) {fact})?",
    ),
    "tool-limit": (
        rf"{{paying}} (?:<not>) (?:ever )?(?:pay(?: out)?|charge|give|take|refund|exceed|go (?:over|above))"
        rf"(?: out)?(?: more than| above| over)? {_AMOUNT}",
        rf"(?P<paying>\w+_\w+):? {_AMOUNT} (?:at most|max(?:imum)?|at the most|or less)",
        rf"(?P<paying>\w+_\w+):? (?:at most|max(?:imum)?|no more than|up to) {_AMOUNT}",
        rf"(?:no more than|at most|max(?:imum)?) {_AMOUNT} (?:for|in|from|with) {{paying}}",
    ),
    "tool-forbid": (
        r"<agent> (?:<not>) (?:ever )?{tool} (?:itself|on its own|by itself|alone|yourself)",
        r"(?:never|do not|don't) (?:<use>) (?P<tool>\w+_\w+) (?:<when>) {case}",
    ),
    "tool-identity": (
        r"(?:no one|nobody) (?:gets? to|can|may|is allowed to) (?:see|hear|get|have)? ?{tool} (?:before|"
        r"until|"
        r"unless) (?:they|he|she|the customer|the patient)(?:'ve| have| has| are| is)? (?:been "
        r")?(?:identified|"
        r"verified|checked)",
    ),
    "tool-after-disclosure": (
        rf"only (?:<use>) {{tool}} (?:once|after|when) {{rule}} (?:has been|was|is) {_TOLD}",
        rf"(?:<the>)?{{tool}} (?:may|can|must|should|is to) only be \w+ (?:after|once|when) {{rule}} (?:has "
        rf"been|was|is|have been) {_TOLD}",
        rf"(?P<tool>(?:the )?\w+ (?:may|can|must|should) only be \w+) (?:after|once|when) {{rule}} (?:has "
        rf"been|"
        rf"was|is) {_TOLD}",
    ),
    "test-remove": (
        r"throw (?P<test>(?:test )?T-\d+) (?:away|out)",
        r"(?P<test>T-\d+) (?:is history|goes|has to go|should go)",
        r"(?P<test>T-\d+) (?:isn't|is not|is no longer) (?:needed|necessary|required|useful)(?: <more>)?",
        r"(?:we|you|i) (?:don't|do not|no longer|won't) need (?P<test>T-\d+)(?: <more>)?",
    ),
    "test-add": (r"(?:test|check) what happens (?:like )?in {test} (?:when|if) {text}",),
    "ask-case": (
        r"who (?:approves?|decides?(?: about| on)?|signs off(?: on)?|has to approve|must approve|needs to "
        r"approve|has to sign off|okays|authorises|authorizes|handles?) {case}",
        r"(?:do|does|would|will) <agent> (?:need|require|want|have to get|have to have) (?:<the>)?(?:approval"
        r"|a supervisor|supervisor|manager|a manager|\w+'s approval|permission|a person|[\w' ]+?) (?:for|"
        r"<when>"
        r"|at|to) {case}",
        r"what does it cost(?: <customer>)? to {case}",
        r"how much (?:is it|does it cost|do (?:they|we|customers) pay)(?: <customer>)? (?:<when>|for|to) "
        r"{case}",
        r"what (?:if|about when) {case}",
        r"what is the (?:[\w ]+?) (?:for|<when>|with) {case}",
        r"(?:can|may|could) <customer> (?:still )?{case}",
        r"(?:is|are) {case} (?:allowed|possible|ok|okay|free|refunded|accepted|taken back|covered)",
        r"(?:will|does|would) {case} (?:need|require) (?:approval|a supervisor|a manager|a person)",
        r"how long (?:do|does|can|may) <customer> have (?:<when>|for|with) {case}",
        r"what (?:would|will) happen (?:<when>|to|with|in case) {case}",
    ),
    "ask-handoffs": (
        r"where (?:do|does) (?:cases|chats|conversations|people) (?:go|end up|land)(?: .+)?",
        r"who (?:gets|receives|picks up|takes|handles|deals with) (?:<the>)?(?P<topic>[\w ]+?) (?:cases?|"
        r"calls?|"
        r"requests?|customers?|patients?|complaints?|conversations?)",
        r"(?:to )?which (?:teams?|queues?|people|desks?) (?:does|do) <agent> (?:hand|pass|escalate|transfer|"
        r"send)(?: over| on)?(?: to)?",
    ),
    "ask-rules": (
        r"what (?:have we|do we have|have you) (?:got )?(?:in the rules )?(?:on|about|around|regarding) "
        r"{topic}",
        r"(?:anything|something) in the (?:rules|charter) (?:on|about|around|regarding) {topic}",
    ),
    "ask-why": (
        r"(?:for what reason|how come|on what grounds) (?:do|does|is|are|must|can't|cannot)? ?(?:<agent> "
        r")?{demand}",
        r"(?:what is |what's )?the reason (?:that |why )?{demand}",
        r"why (?:can't|cannot|may not|must not|mustn't|won't|doesn't) (?:<agent>|<customer>) {demand}",
        r"(?:how come|what for do) (?:<agent> |we )?{demand}",
    ),
    "ask-show": (
        r"(?P<item>[RT]-\d+)[ ,:–-]+what (?:does|is) (?:it|that|this)(?: say| about)?(?: again| exactly)?",
        r"what (?:exactly |precisely )?(?:does|is) {item}(?: exactly| precisely)? (?:say|do|mean|check|test)",
        r"(?:remind me|tell me) what {item} (?:says|is|does|means)",
        r"(?:let me see|read out|read me|pull up|bring up|go to|take me to) (?:<the>)?{item}",
    ),
    "ask-decided": (
        r"what (?:did|has|have) (?P<topic>[A-Z]\w+(?: [A-Z]\w+)?) (?:decide|decided|accept|accepted|approve|"
        r"approved|reject|rejected)(?: lately| recently| so far| yet| this week| today)?",
    ),
    "ask-used": (
        r"where (?:do|does) (?:<agent>|we) (?:ever )?(?:use|ask for|need|look at|rely on|depend on) {item}",
        r"(?:where|which steps?) (?:is|are) {item} (?:coming|come|being) (?:in|used|from)",
        r"what depends on {item}",
    ),
}


def with_other_words(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """Return the kinds with the further patterns of each."""
    assert {kind.id for kind in kinds} >= WAYS.keys(), sorted(WAYS.keys() - {kind.id for kind in kinds})
    return tuple(replace(k, patterns=(*k.patterns, *WAYS.get(k.id, ()))) for k in kinds)
