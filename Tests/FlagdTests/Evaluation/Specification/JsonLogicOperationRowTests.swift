import XCTest

@testable import Flagd

/// One test for each row of the table in the specification: evaluation, "JsonLogic", second half.
final class JsonLogicOperationRowTests: XCTestCase {
    private let failures = [
        #"{"+":["x",1]}"#, #"{"/":[1,0]}"#, #"{"%":[1,0]}"#, #"{"*":[1e308,10]}"#, #"{"-":["x"]}"#,
        #"{"max":["x"]}"#, #"{"/":[{"var":"one"},{"var":"zero"}]}"#,
    ]
    private let data = #"{"one":1,"zero":0}"#

    func testRowFailedOperationIsNullAsTheResult() {
        for failed in failures { assertRule(failed, data, gives: "null") }
    }

    func testRowFailedOperationIsFalsy() {
        for failed in failures {
            assertRule(#"{"if":[\#(failed),1,2]}"#, data, gives: "2")
            assertRule(#"{"!":[\#(failed)]}"#, data, gives: "true")
            assertRule(#"{"or":[\#(failed),"else"]}"#, data, gives: #""else""#)
            assertRule(#"{"and":[\#(failed),"else"]}"#, data, gives: "null")
        }
    }

    func testRowFailedOperationFailsArithmetic() {
        for failed in failures {
            for name in ["+", "-", "*", "/", "%", "max", "min"] {
                assertRule(#"{"\#(name)":[\#(failed),1]}"#, data, gives: "null")
                assertRule(#"{"\#(name)":[1,\#(failed)]}"#, data, gives: "null")
            }
            assertRule(#"{"+":[1,{"+":[\#(failed),1]}]}"#, data, gives: "null")
        }
    }

    func testRowFailedOperationComparesFalse() {
        for failed in failures {
            for name in ["==", "===", "<", "<=", ">", ">="] {
                for other in ["null", "0", #""""#, "false", "1", failed] {
                    assertRule(#"{"\#(name)":[\#(failed),\#(other)]}"#, data, gives: "false")
                    assertRule(#"{"\#(name)":[\#(other),\#(failed)]}"#, data, gives: "false")
                }
            }
            assertRule(#"{"!=":[\#(failed),null]}"#, data, gives: "true")
            assertRule(#"{"!==":[\#(failed),\#(failed)]}"#, data, gives: "true")
            assertRule(#"{"in":[\#(failed),[null,0,""]]}"#, data, gives: "false")
            assertRule(#"{"in":[\#(failed),{"var":"list"}]}"#, #"{"one":1,"zero":0,"list":[null]}"#, gives: "false")
        }
    }

    func testRowFailedOperationIsNullToAllElse() {
        for failed in failures {
            assertRule(#"{"cat":["<",\#(failed),">"]}"#, data, gives: #""<>""#)
            assertRule("[\(failed)]", data, gives: "[null]")
            assertRule(#"{"in":[null,[\#(failed)]]}"#, data, gives: "true")
            assertRule(#"{"merge":[\#(failed),[\#(failed)]]}"#, data, gives: "[null,null]")
            assertRule(#"{"==":[[null],[\#(failed)]]}"#, data, gives: "true")
            assertRule(#"{"map":[[1],\#(failed)]}"#, data, gives: "[null]")
            assertRule(#"{"var":["absent",\#(failed)]}"#, data, gives: "null")
            assertRule(#"{"substr":["abc",\#(failed)]}"#, data, gives: #""abc""#)
            assertRule(#"{"reduce":[[1],{"==":[{"var":"accumulator"},null]},\#(failed)]}"#, data, gives: "true")
        }
    }

    func testRowArithmeticOfAnyNumber() {
        assertOperator("+", "1", "2", "3", gives: "6")
        assertOperator("-", "10", "2", "3", gives: "5")
        assertOperator("*", "2", "3", "4", gives: "24")
        assertOperator("/", "100", "5", "2", gives: "10")
        assertOperator("+", "1", #""2""#, "true", "null", gives: "4")
    }

    func testRowArithmeticOfOne() {
        assertOperator("-", "5", gives: "-5")
        assertOperator("-", #""2.5""#, gives: "-2.5")
        for name in ["+", "*", "/"] {
            assertOperator(name, #""3.14""#, gives: "3.14")
            assertOperator(name, "true", gives: "1")
            assertRule(#"{"\#(name)":"7"}"#, gives: "7")
        }
    }

    func testRowArithmeticOfNone() {
        assertOperator("+", gives: "0")
        assertOperator("-", gives: "0")
        assertOperator("/", gives: "0")
        assertOperator("*", gives: "1")
    }

    func testRowArithmeticExactInIntegers() {
        assertOperator("+", "9223372036854775806", "1", gives: "9223372036854775807")
        assertOperator("-", "-9223372036854775807", "1", gives: "-9223372036854775808")
        assertOperator("*", "3037000499", "3037000499", gives: "9223372030926249001")
        assertOperator("/", "9223372036854775806", "2", gives: "4611686018427387903")
        assertOperator("+", "9007199254740993", "0", gives: "9007199254740993")
    }

    func testRowArithmeticOtherwiseAsDoubles() {
        assertOperator("+", "9223372036854775807", "1", gives: "9223372036854776000")
        assertOperator("*", "9223372036854775807", "2", gives: "18446744073709552000")
        assertOperator("/", "-9223372036854775808", "-1", gives: "9223372036854776000")
        assertOperator("-", "-9223372036854775808", gives: "9223372036854776000")
        assertOperator("/", "1", "2", gives: "0.5")
        assertOperator("+", "0.1", "0.2", gives: "0.30000000000000004")
        assertOperator("+", "18446744073709551615", "0", gives: "18446744073709552000")
        assertOperator("*", "1e308", "10", gives: "null")
        assertOperator("-", "-1e308", "1e308", gives: "null")
    }

    func testRowRemainder() {
        assertOperator("%", "7", "3", gives: "1")
        assertOperator("%", "-7", "3", gives: "-1")
        assertOperator("%", "7", "-3", gives: "1")
        assertOperator("%", "7.5", "2", gives: "1.5")
        assertOperator("%", "-7.5", "2", gives: "-1.5")
        assertOperator("%", "9223372036854775807", "10", gives: "7")
        assertOperator("%", "-9223372036854775808", "-1", gives: "0")
        assertOperator("%", "7", "4", "2", gives: "3")
        assertOperator("%", "7", gives: "null")
        assertOperator("%", gives: "null")
        assertOperator("%", "7", "0.0", gives: "null")
        assertOperator("%", #""7""#, "true", gives: "0")
    }

    func testRowMaxMinOfNothing() {
        assertOperator("max", gives: "null")
        assertOperator("min", gives: "null")
    }

    func testMaxMin() {
        assertOperator("max", "1", "3", "2", gives: "3")
        assertOperator("min", "1", "3", "2", gives: "1")
        assertOperator("max", "1", #""5""#, "true", gives: "5")
        assertOperator("min", "9223372036854775807", "9223372036854775808", gives: "9223372036854775807")
        assertOperator("max", "9007199254740992.0", "9007199254740993", gives: "9007199254740993")
        assertOperator("max", "-1", "null", gives: "0")
        assertRule(#"{"max":{"var":"nums"}}"#, #"{"nums":[4,9,2]}"#, gives: "9")
        assertRule(#"{"max":7}"#, gives: "7")
    }

    func testRowCatScalars() {
        assertOperator("cat", "null", gives: #""""#)
        assertOperator("cat", "true", "false", gives: #""truefalse""#)
        assertOperator("cat", "-12", #""|""#, "18446744073709551615", gives: #""-12|18446744073709551615""#)
        assertOperator("cat", gives: #""""#)
        assertOperator("cat", #""  a ""#, #""\t""#, gives: #""  a \t""#)
        assertRule(#"{"cat":"bare"}"#, gives: #""bare""#)
    }

    func testRowCatDoubles() {
        let doubles = [
            ("1.0", "1"), ("0.1", "0.1"), ("1e21", "1e+21"), ("1e20", "100000000000000000000"), ("-0.0", "0"),
            ("1e-6", "0.000001"), ("1e-7", "1e-7"), ("123456789012345680000.0", "123456789012345680000"),
            ("1.5e300", "1.5e+300"), ("5e-324", "5e-324"), ("-2.5", "-2.5"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("100.0", "100"), ("12.0e-1", "1.2"), ("0.30000000000000004", "0.30000000000000004"), ("1e2", "100"),
        ]
        for (number, text) in doubles { assertOperator("cat", number, gives: "\"\(text)\"") }
    }

    func testRowCatListsAndObjects() {
        assertOperator("cat", "[1,2.0,[true,null,\"x\"]]", gives: #""1,2,true,,x""#)
        assertOperator("cat", "[]", #""|""#, "[null]", #""|""#, "[null,null]", gives: #""||,""#)
        let object = #"{"o":{"b":[1.0,"é",null],"a":{"q":"\"\u0001\n"},"é":1,"z":2}}"#
        assertRule(
            #"{"==":[{"cat":{"var":"o"}},"{\"a\":{\"q\":\"\\\"\\u0001\\n\"},\"b\":[1,\"é\",null],\"z\":2,\"é\":1}"]}"#,
            object, gives: "true")
        assertRule(#"{"cat":[[1,{"var":"o"}]]}"#, #"{"o":{"a":1e21}}"#, gives: #""1,{\"a\":1e+21}""#)
    }

    func testRowSubstr() {
        assertOperator("substr", #""jsonlogic""#, "4", gives: #""logic""#)
        assertOperator("substr", #""jsonlogic""#, "-5", gives: #""logic""#)
        assertOperator("substr", #""jsonlogic""#, "1", "3", gives: #""son""#)
        assertOperator("substr", #""jsonlogic""#, "4", "-2", gives: #""log""#)
        assertOperator("substr", #""jsonlogic""#, "-50", "2", gives: #""js""#)
        assertOperator("substr", #""abc""#, "3", gives: #""""#)
        assertOperator("substr", #""abc""#, "9", gives: #""""#)
        assertOperator("substr", #""abc""#, "1", "0", gives: #""""#)
        assertOperator("substr", #""abc""#, "1", "-9", gives: #""""#)
        assertOperator("substr", #""abc""#, "0", "9", gives: #""abc""#)
        assertOperator("substr", #""abc""#, gives: #""abc""#)
        assertOperator("substr", gives: #""""#)
    }

    func testRowSubstrCountsScalars() {
        assertOperator("substr", #""äöü€😀x""#, "3", "2", gives: #""€😀""#)
        assertOperator("substr", #""e\u0301x""#, "1", "1", gives: "\"\u{301}\"")
        assertOperator("substr", #""😀😀""#, "-1", gives: #""😀""#)
    }

    func testRowSubstrStartAndLengthTruncated() {
        assertOperator("substr", #""abcdef""#, "1.9", "2.9", gives: #""bc""#)
        assertOperator("substr", #""abcdef""#, "-1.9", gives: #""f""#)
        assertOperator("substr", #""abcdef""#, #""2""#, "true", gives: #""c""#)
        assertOperator("substr", #""abcdef""#, "null", gives: #""abcdef""#)
        assertOperator("substr", #""abcdef""#, #""x""#, "1", gives: #""a""#)
        assertOperator("substr", #""abcdef""#, "1", "null", gives: #""""#)
        assertOperator("substr", #""abcdef""#, "1", #""x""#, gives: #""""#)
        assertOperator("substr", #""abcdef""#, "9223372036854775807", "9223372036854775807", gives: #""""#)
        assertOperator("substr", #""abcdef""#, "-9223372036854775808", "18446744073709551615", gives: #""abcdef""#)
        assertOperator("substr", #""abcdef""#, "1e300", "-1e300", gives: #""""#)
        assertOperator("substr", #""abcdef""#, "-1e300", "-9223372036854775808", gives: #""""#)
    }

    func testRowSubstrOnOtherTypes() {
        assertOperator("substr", "12345", "1", "2", gives: #""23""#)
        assertOperator("substr", "true", "1", gives: #""rue""#)
        assertOperator("substr", "null", "0", gives: #""""#)
        assertOperator("substr", "[1,2,3]", "2", gives: #""2,3""#)
        assertOperator("substr", "1.5", "1", gives: #"".5""#)
    }

    func testRowIn() {
        assertOperator("in", #""ell""#, #""hello""#, gives: "true")
        assertOperator("in", #""x""#, #""hello""#, gives: "false")
        assertOperator("in", #""""#, #""hello""#, gives: "true")
        assertOperator("in", #""""#, #""""#, gives: "true")
        assertOperator("in", "1", #""123""#, gives: "false")
        assertOperator("in", "null", #""null""#, gives: "false")
        assertOperator("in", #""a""#, "null", gives: "false")
        assertOperator("in", #""a""#, gives: "false")
        assertOperator("in", gives: "false")
        assertOperator("in", #""a""#, "1", gives: "false")
        assertOperator("in", #""e""#, #""\u00e9""#, gives: "false")
        assertOperator("in", #""e""#, #""e\u0301""#, gives: "true")
        assertRule(#"{"in":["a",{"var":"o"}]}"#, #"{"o":{"a":1}}"#, gives: "false")
    }

    func testRowInListByStrictEquality() {
        assertOperator("in", "1", "[3,2,1]", gives: "true")
        assertOperator("in", "1", "[1.0]", gives: "true")
        assertOperator("in", "1.0", "[1]", gives: "true")
        assertOperator("in", "9007199254740993", "[9007199254740992.0]", gives: "false")
        assertOperator("in", "9223372036854775808", "[9223372036854775808.0]", gives: "true")
        assertOperator("in", "1", #"["1",true]"#, gives: "false")
        assertOperator("in", "0", "[false,null,\"\"]", gives: "false")
        assertOperator("in", "null", "[null]", gives: "true")
        assertOperator("in", "true", "[1,true]", gives: "true")
        assertOperator("in", "[1]", "[[1],2]", gives: "true")
        assertOperator("in", "[1]", "[1]", gives: "false")
        assertOperator("in", #""b""#, #"["a","b"]"#, gives: "true")
        assertOperator("in", #""\u00e9""#, #"["e\u0301"]"#, gives: "false")
        assertOperator("in", "1", "[]", gives: "false")
        assertRule(#"{"in":[{"var":"o"},[1,{"var":"o"}]]}"#, #"{"o":{"a":[1]}}"#, gives: "true")
    }

    func testRowVarPath() {
        let data = #"{"a":{"b":[{"c":7},[10,11]]},"1":"one","true":"yes","1.5":"never","":"empty","x":{"":5},"n":null}"#
        assertRule(#"{"var":"a.b.0.c"}"#, data, gives: "7")
        assertRule(#"{"var":["a.b.1.1"]}"#, data, gives: "11")
        assertRule(#"{"var":1}"#, data, gives: #""one""#)
        assertRule(#"{"var":1.0}"#, data, gives: #""one""#)
        assertRule(#"{"var":true}"#, data, gives: #""yes""#)
        assertRule(#"{"var":"a.b.00.c"}"#, data, gives: "null")
        assertRule(#"{"var":"a.b.01"}"#, data, gives: "null")
        assertRule(#"{"var":"a.b.-1"}"#, data, gives: "null")
        assertRule(#"{"var":"a.b.+1"}"#, data, gives: "null")
        assertRule(#"{"var":"a.b.2"}"#, data, gives: "null")
        assertRule(#"{"var":"a.b.99999999999999999999"}"#, data, gives: "null")
        assertRule(#"{"var":"x."}"#, data, gives: "5")
        assertRule(#"{"var":"a."}"#, data, gives: "null")
        assertRule(#"{"var":"."}"#, data, gives: "null")
        assertRule(#"{"var":".x"}"#, data, gives: "null")
        assertRule(#"{"var":"x..y"}"#, data, gives: "null")
    }

    func testRowVarDynamicPath() {
        let data = #"{"a":{"b":7},"p":"a.b","q":["a.b","d"],"e":["none","d"],"n":[1,2]}"#
        assertRule(#"{"var":{"var":"p"}}"#, data, gives: "7")
        assertRule(#"{"var":{"cat":["a",".","b"]}}"#, data, gives: "7")
        assertRule(#"{"var":{"var":"q"}}"#, data, gives: "7")
        assertRule(#"{"var":{"var":"e"}}"#, data, gives: #""d""#)
        assertRule(#"{"var":[{"var":"e"},"x"]}"#, data, gives: #""x""#)
        assertRule(#"{"var":[{"cat":["n.",{"var":"n.0"}]}]}"#, data, gives: "2")
        assertRule(#"{"var":{"merge":[["none"],[{"var":"p"}]]}}"#, data, gives: #""a.b""#)
    }

    func testRowVarAllData() {
        let data = #"{"a":1}"#
        for path in [#""""#, "[]", "null", #"[""]"#, "[null]", #"{"var":"absent"}"#, #"[{"/":[1,0]}]"#] {
            assertRule(#"{"var":\#(path)}"#, data, gives: #"{"a":1}"#)
        }
        assertRule(#"{"var":""}"#, "5", gives: "5")
        assertRule(#"{"var":""}"#, "[1,2]", gives: "[1,2]")
        assertRule(#"{"var":"1"}"#, "[1,2]", gives: "2")
    }

    func testRowVarDefault() {
        let data = #"{"a":null,"f":false,"z":0,"e":""}"#
        assertRule(#"{"var":["a","d"]}"#, data, gives: #""d""#)
        assertRule(#"{"var":["absent","d"]}"#, data, gives: #""d""#)
        assertRule(#"{"var":["a.b.c","d"]}"#, data, gives: #""d""#)
        assertRule(#"{"var":["f","d"]}"#, data, gives: "false")
        assertRule(#"{"var":["z","d"]}"#, data, gives: "0")
        assertRule(#"{"var":["e","d"]}"#, data, gives: #""""#)
        assertRule(#"{"var":["absent",{"var":["a",{"+":[1,2]}]}]}"#, data, gives: "3")
        assertRule(#"{"var":["absent","d","surplus"]}"#, data, gives: #""d""#)
    }

    func testRowVarNoLengthNoIndexIntoText() {
        assertRule(#"{"var":"list.length"}"#, #"{"list":[1]}"#, gives: "null")
        assertRule(#"{"var":"text.length"}"#, #"{"text":"abc"}"#, gives: "null")
        assertRule(#"{"var":"text.0"}"#, #"{"text":"abc"}"#, gives: "null")
        assertRule(#"{"var":"number.0"}"#, #"{"number":12}"#, gives: "null")
    }

    func testRowMissing() {
        let data = #"{"a":1,"n":null,"e":"","o":{"x":false}}"#
        assertRule(#"{"missing":["a","n","e","b"]}"#, data, gives: #"["n","b"]"#)
        assertRule(#"{"missing":[["a","b"],"c",["n","o.x","o.y"]]}"#, data, gives: #"["b","c","n","o.y"]"#)
        assertRule(#"{"missing":"b"}"#, data, gives: #"["b"]"#)
        assertRule(#"{"missing":[]}"#, data, gives: "[]")
        assertRule(#"{"missing":{"merge":["a",["b"]]}}"#, data, gives: #"["b"]"#)
        assertRule(#"{"missing":[1,"1"]}"#, #"{"1":true}"#, gives: "[]")
    }

    func testMissingSome() {
        let data = #"{"a":1,"b":2,"n":null}"#
        assertRule(#"{"missing_some":[1,["a","x","y"]]}"#, data, gives: "[]")
        assertRule(#"{"missing_some":[2,["a","x","n"]]}"#, data, gives: #"["x","n"]"#)
        assertRule(#"{"missing_some":[2,["a","b","x"]]}"#, data, gives: "[]")
        assertRule(#"{"missing_some":[0,["x"]]}"#, data, gives: "[]")
        assertRule(#"{"missing_some":["1",["x"]]}"#, data, gives: #"["x"]"#)
        assertRule(#"{"missing_some":[1,[]]}"#, data, gives: "[]")
        assertRule(#"{"missing_some":[]}"#, data, gives: "[]")
    }

    func testRowReduce() {
        let sum = #"{"+":[{"var":"current"},{"var":"accumulator"}]}"#
        assertRule(#"{"reduce":[{"var":"l"},\#(sum),0]}"#, #"{"l":[1,2,3]}"#, gives: "6")
        assertRule(#"{"reduce":[[1,2,3],\#(sum),10]}"#, gives: "16")
        assertRule(#"{"reduce":[[],\#(sum),"initial"]}"#, gives: #""initial""#)
        assertRule(#"{"reduce":[[],\#(sum)]}"#, gives: "null")
        assertRule(#"{"reduce":[[1,2],\#(sum)]}"#, gives: "3")
        assertRule(#"{"reduce":[{"var":"absent"},\#(sum),"initial"]}"#, gives: #""initial""#)
        assertRule(#"{"reduce":["text",\#(sum),{"var":"i"}]}"#, #"{"i":5}"#, gives: "5")
        assertRule(#"{"reduce":[5,\#(sum)]}"#, gives: "null")
        assertRule(#"{"reduce":[[{"a":1,"b":0},{"a":2,"b":0}],{"var":"current.a"},0]}"#, gives: "2")
        assertRule(#"{"reduce":[[1],{"var":""},0]}"#, gives: #"{"accumulator":0,"current":1}"#)
        assertRule(#"{"reduce":[[null],{"var":["current","d"]},0]}"#, gives: #""d""#)
        assertRule(#"{"reduce":[[1],{"var":["accumulator","d"]}]}"#, gives: #""d""#)
        assertRule(#"{"map":[[null,1],{"var":["","d"]}]}"#, gives: #"["d",1]"#)
        assertRule(#"{"reduce":[[1],{"var":"outer"},0]}"#, #"{"outer":1}"#, gives: "null")
    }

    func testRowIterationsOfANonList() {
        for subject in ["null", "1", #""abc""#, "true", #"{"var":"absent"}"#, #"{"var":"o"}"#] {
            let data = #"{"o":{"a":1}}"#
            assertRule(#"{"map":[\#(subject),true]}"#, data, gives: "[]")
            assertRule(#"{"filter":[\#(subject),true]}"#, data, gives: "[]")
            assertRule(#"{"all":[\#(subject),true]}"#, data, gives: "false")
            assertRule(#"{"some":[\#(subject),true]}"#, data, gives: "false")
            assertRule(#"{"none":[\#(subject),true]}"#, data, gives: "true")
        }
    }

    func testRowIterationsOfAnEmptyList() {
        assertRule(#"{"map":[[],true]}"#, gives: "[]")
        assertRule(#"{"filter":[[],true]}"#, gives: "[]")
        assertRule(#"{"all":[[],true]}"#, gives: "false")
        assertRule(#"{"some":[[],true]}"#, gives: "false")
        assertRule(#"{"none":[[],true]}"#, gives: "true")
    }

    func testIterations() {
        assertRule(#"{"map":[{"var":"l"},{"*":[{"var":""},2]}]}"#, #"{"l":[1,2]}"#, gives: "[2,4]")
        assertRule(#"{"filter":[[1,2,3,4],{"%":[{"var":""},2]}]}"#, gives: "[1,3]")
        assertRule(#"{"all":[[1,2],{">":[{"var":""},0]}]}"#, gives: "true")
        assertRule(#"{"all":[[1,0],{">":[{"var":""},0]}]}"#, gives: "false")
        assertRule(#"{"some":[[0,2],{">":[{"var":""},1]}]}"#, gives: "true")
        assertRule(#"{"none":[[0,2],{">":[{"var":""},1]}]}"#, gives: "false")
        assertRule(#"{"map":[[{"a":1,"b":2}],{"var":"a"}]}"#, gives: "[1]")
        assertRule(#"{"map":[[1],{"var":"outer"}]}"#, #"{"outer":9}"#, gives: "[null]")
        assertRule(#"{"map":[[[1,2],[3]],{"map":[{"var":""},{"+":[{"var":""},1]}]}]}"#, gives: "[[2,3],[4]]")
        assertRule(#"{"map":[{"var":"l"},[{"var":""},{"var":"x"}]]}"#, #"{"l":[{"x":1}]}"#, gives: #"[[{"x":1},1]]"#)
        assertRule(#"{"map":[[1,2]]}"#, gives: "[null,null]")
        assertRule(#"{"map":{"var":"l"}}"#, #"{"l":[1,2]}"#, gives: "[null,null]")
        assertRule(#"{"filter":[[1,2]]}"#, gives: "[]")
        assertRule(#"{"none":[[1]]}"#, gives: "true")
        assertRule(#"{"map":[]}"#, gives: "[]")
    }

    func testIterationRestoresTheOuterData() {
        assertRule(
            #"{"map":[[[1,2],[3,4]],[{"reduce":[{"var":""},{"+":[{"var":"accumulator"},{"var":"current"}]},0]},{"var":"0"}]]}"#,
            gives: "[[3,1],[7,3]]")
        assertRule(#"[{"map":[[1],{"var":""}]},{"var":"a"}]"#, #"{"a":5}"#, gives: "[[1],5]")
    }

    func testRowAndOrOfNothing() {
        assertRule(#"{"and":[]}"#, gives: "null")
        assertRule(#"{"or":[]}"#, gives: "null")
    }

    func testAndOr() {
        assertRule(#"{"and":[1,"a",[]]}"#, gives: "[]")
        assertRule(#"{"and":[1,"a"]}"#, gives: #""a""#)
        assertRule(#"{"and":[0,{"unknown":1}]}"#, gives: "0")
        assertRule(#"{"or":[0,"",3,{"unknown":1}]}"#, gives: "3")
        assertRule(#"{"or":[0,""]}"#, gives: #""""#)
        assertRule(#"{"and":{"var":"l"}}"#, #"{"l":[0,1]}"#, gives: "[0,1]")
        assertRule(#"{"or":"a"}"#, gives: #""a""#)
    }

    func testConditional() {
        for name in ["if", "?:"] {
            assertRule(#"{"\#(name)":[true,1,2]}"#, gives: "1")
            assertRule(#"{"\#(name)":[false,1,2]}"#, gives: "2")
            assertRule(#"{"\#(name)":[false,1]}"#, gives: "null")
            assertRule(#"{"\#(name)":[]}"#, gives: "null")
            assertRule(#"{"\#(name)":[5]}"#, gives: "5")
            assertRule(#"{"\#(name)":"a"}"#, gives: #""a""#)
            assertRule(#"{"\#(name)":[false,1,false,2,3]}"#, gives: "3")
            assertRule(#"{"\#(name)":[false,1,true,2,3]}"#, gives: "2")
            assertRule(#"{"\#(name)":[{"var":"a"},1,{"var":"b"},2]}"#, #"{"b":1}"#, gives: "2")
            assertRule(#"{"\#(name)":[{"var":"a"},1,{"var":"b"},2]}"#, gives: "null")
            assertRule(#"{"\#(name)":[true,1,{"unknown":1}]}"#, gives: "1")
            assertRule(#"{"\#(name)":{"var":"l"}}"#, #"{"l":[false,1,2]}"#, gives: "[false,1,2]")
        }
    }

    func testRowLog() {
        assertRule(#"{"log":"a"}"#, gives: #""a""#)
        assertRule(#"{"log":[[1]]}"#, gives: "[1]")
        assertRule(#"{"log":[]}"#, gives: "null")
        assertRule(#"{"log":{"var":"l"}}"#, #"{"l":[1,2]}"#, gives: "[1,2]")
        assertRule(#"{"+":[1,{"log":2}]}"#, gives: "3")
    }

    func testMerge() {
        assertRule(#"{"merge":[[1,2],[3]]}"#, gives: "[1,2,3]")
        assertRule(#"{"merge":[1,[2,[3]],null]}"#, gives: "[1,2,[3],null]")
        assertRule(#"{"merge":[]}"#, gives: "[]")
        assertRule(#"{"merge":{"var":"l"}}"#, #"{"l":[[1],[2]]}"#, gives: "[1,2]")
        assertRule(#"{"merge":{"var":"x"}}"#, #"{"x":5}"#, gives: "[5]")
    }

    func testValuesWithoutOperatorEvaluateToThemselves() {
        assertRule("5", gives: "5")
        assertRule("null", gives: "null")
        assertRule(#""text""#, gives: #""text""#)
        assertRule("{}", gives: "{}")
        assertRule(#"{"+":[1,2],"-":[1,2]}"#, gives: #"{"+":[1,2],"-":[1,2]}"#)
        assertRule(#"[1,{"+":[1,2]},[{"var":"a"}]]"#, #"{"a":7}"#, gives: "[1,3,[7]]")
        assertRule(#"[{"var":"a","b":1}]"#, #"{"a":7}"#, gives: #"[{"b":1,"var":"a"}]"#)
    }

    func testArgumentsAreAllEvaluatedAndSurplusOnesIgnored() {
        for rule in [
            #"{"==":[1,1,{"unknown":1}]}"#, #"{"var":["a",1,{"unknown":1}]}"#, #"{"var":["a",{"unknown":1}]}"#,
            #"{"!":[1,{"unknown":1}]}"#, #"{"in":["a","a",{"unknown":1}]}"#, #"{"log":[1,{"unknown":1}]}"#,
            #"{"map":[[],1,{"unknown":1}]}"#, #"{"reduce":[[],1,0,{"unknown":1}]}"#,
            #"{"reduce":[[],1,{"unknown":1}]}"#, #"{"substr":["a",0,1,{"unknown":1}]}"#,
            #"{"missing_some":[0,[],{"unknown":1}]}"#, #"{"sem_ver":["1","=","1",{"unknown":1}]}"#,
            #"{"fractional":["a",["x",{"unknown":1}]]}"#, #"{"fractional":["a",["x",1,{"unknown":1}]]}"#,
            #"{"%":[1,2,{"unknown":1}]}"#,
        ] {
            assertRule(rule, #"{"a":1}"#, gives: "PARSE_ERROR: the operator 'unknown' is unknown")
        }
        assertRule(#"{"map":[[],{"unknown":1}]}"#, gives: "[]")
        assertRule(#"{"==":[1,1,2]}"#, gives: "true")
        assertRule(#"{"!":[1,2]}"#, gives: "false")
    }

    func testBareArgumentThatEvaluatesToAList() {
        let data = #"{"nums":[1,1],"s":["abc",1],"v":["1.2.3","=","1.2.3"],"f":["seed",["a",1]]}"#
        assertRule(#"{"==":{"var":"nums"}}"#, data, gives: "true")
        assertRule(#"{"+":{"var":"nums"}}"#, data, gives: "2")
        assertRule(#"{"substr":{"var":"s"}}"#, data, gives: #""bc""#)
        assertRule(#"{"sem_ver":{"var":"v"}}"#, data, gives: "true")
        assertRule(#"{"fractional":{"var":"f"}}"#, data, gives: #""a""#)
        assertRule(#"{"!":{"var":"nums"}}"#, data, gives: "false")
        assertRule(#"{"!!":{"var":"nums"}}"#, data, gives: "true")
        assertRule(#"{"+":{"if":[true,{"var":"nums"}]}}"#, data, gives: "2")
        assertRule(#"{"+":{"map":[{"var":"nums"},{"+":[{"var":""},1]}]}}"#, data, gives: "4")
        assertRule(#"{"cat":{"log":{"var":"s"}}}"#, data, gives: #""abc1""#)
    }

    func testDuplicateMembersOfAnOperator() {
        assertRule(#"{"var":"a","var":"b"}"#, #"{"a":1,"b":2}"#, gives: "2")
        assertRule(#"{"+":[1],"+":[2,3]}"#, gives: "5")
    }
}
